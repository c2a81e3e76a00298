//! Letters as files: for a machine without a mail server, where the master or a developer reads them in a folder.

use std::path::PathBuf;

use futures::future::BoxFuture;
use tokio::fs;

use super::{Letter, Mail, MailError, Sender};
use crate::system::random_bytes;

/// Puts letters into a folder, one `.eml` each.
#[derive(Clone, Debug)]
pub struct FileMail {
    folder: PathBuf,
    from: Sender,
}

impl FileMail {
    /// Into this folder, which is made with the first letter.
    #[must_use]
    pub const fn new(folder: PathBuf, from: Sender) -> Self {
        Self { folder, from }
    }

    async fn put(&self, letter: &Letter) -> Result<(), MailError> {
        let bytes = letter.message(&self.from)?.formatted();
        let failed = |error: std::io::Error| MailError::Later(error.to_string());
        fs::create_dir_all(&self.folder).await.map_err(failed)?;
        let path = self.folder.join(format!("{}.eml", hex::encode(random_bytes::<8>())));
        // Whole or not there: whoever watches the folder never reads half a letter.
        let draft = path.with_extension("draft");
        fs::write(&draft, bytes).await.map_err(failed)?;
        fs::rename(&draft, &path).await.map_err(failed)
    }
}

impl Mail for FileMail {
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.put(letter))
    }
}
