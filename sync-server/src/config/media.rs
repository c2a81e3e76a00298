//! Where pictures lie. Names as Laravel has them, so an environment that knew them before still works.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::secret::{self, SettingError};

/// Where pictures lie.
#[derive(Debug, Args)]
pub struct MediaConfig {
    /// Where pictures lie: in the data folder, or in an S3-compatible storage
    #[arg(
        long = "filesystem-disk",
        global = true,
        env = "FILESYSTEM_DISK",
        value_enum,
        default_value = "local"
    )]
    disk: DiskKind,
    /// The bucket
    #[arg(long = "aws-bucket", global = true, env = "AWS_BUCKET", hide = true)]
    bucket: Option<String>,
    #[arg(
        long = "aws-default-region",
        global = true,
        env = "AWS_DEFAULT_REGION",
        hide = true,
        default_value = "us-east-1"
    )]
    region: String,
    /// The address of the storage, if it is not Amazon's
    #[arg(long = "aws-endpoint", global = true, env = "AWS_ENDPOINT", hide = true)]
    endpoint: Option<String>,
    /// Whether the bucket stands in the path rather than in the host's name
    #[arg(long = "aws-use-path-style-endpoint", global = true, env = "AWS_USE_PATH_STYLE_ENDPOINT", hide = true, default_value_t = false, action = clap::ArgAction::Set)]
    path_style: bool,
    #[arg(long = "aws-access-key-id", global = true, env = "AWS_ACCESS_KEY_ID", hide = true)]
    key_id: Option<String>,
    #[arg(
        long = "aws-secret-access-key",
        global = true,
        env = "AWS_SECRET_ACCESS_KEY",
        hide = true,
        hide_env_values = true
    )]
    secret: Option<SecretString>,
    /// A file with that key
    #[arg(
        long = "aws-secret-access-key-file",
        global = true,
        env = "AWS_SECRET_ACCESS_KEY_FILE",
        hide = true
    )]
    secret_file: Option<PathBuf>,
}

/// The kind of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiskKind {
    /// A folder of this machine.
    Local,
    /// An S3-compatible storage.
    S3,
}

/// A storage.
#[derive(Clone, Debug)]
pub enum Disk {
    /// A folder of this machine.
    Local(PathBuf),
    /// An S3-compatible storage.
    S3(S3),
}

/// An S3-compatible storage.
#[derive(Clone, Debug)]
pub struct S3 {
    /// The bucket.
    pub bucket: String,
    /// The region; most storages do not care.
    pub region: String,
    /// Its address; Amazon's if absent.
    pub endpoint: Option<String>,
    /// Whether the bucket stands in the path.
    pub path_style: bool,
    /// Id and secret; without them the machine's own role is asked for.
    pub key: Option<(String, SecretString)>,
}

impl MediaConfig {
    /// The storage; `data` is the folder of everything that this server keeps itself.
    pub fn disk(&self, data: &Path) -> Result<Disk, SettingError> {
        if self.disk == DiskKind::Local {
            return Ok(Disk::Local(data.join("media")));
        }
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let bucket = filled(&self.bucket);
        let bucket =
            bucket.ok_or(SettingError::Bad { name: "AWS_BUCKET", expected: "the name of a bucket" })?;
        let secret =
            secret::read("AWS_SECRET_ACCESS_KEY", self.secret.as_ref(), self.secret_file.as_deref())?;
        Ok(Disk::S3(S3 {
            bucket,
            region: self.region.clone(),
            endpoint: filled(&self.endpoint),
            path_style: self.path_style,
            key: filled(&self.key_id).zip(secret),
        }))
    }
}
