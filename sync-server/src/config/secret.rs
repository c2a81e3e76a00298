//! Secrets: given directly, or as the name of a file that holds them (`*_FILE`, as orchestrators do it).

use std::path::{Path, PathBuf};
use std::{fs, io};

use secrecy::SecretString;

/// A setting that cannot be used. Names the setting, never shows a secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// The file of a secret cannot be read.
    #[error("{name}_FILE is {}, which cannot be read: {cause}", path.display())]
    File {
        /// The setting.
        name: &'static str,
        /// What it says.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// Both ways to give a secret were used.
    #[error("{name} and {name}_FILE are both set; keep one")]
    Both {
        /// The setting.
        name: &'static str,
    },
    /// Not a value that this setting can have.
    #[error("{name} must be {expected}")]
    Bad {
        /// The setting.
        name: &'static str,
        /// What it can have.
        expected: &'static str,
    },
}

/// The secret itself; the last line break of its file does not belong to it.
pub(super) fn read(
    name: &'static str,
    direct: Option<&SecretString>,
    file: Option<&Path>,
) -> Result<Option<SecretString>, SettingError> {
    match (direct, file) {
        (Some(_), Some(_)) => Err(SettingError::Both { name }),
        (Some(secret), None) => Ok(Some(secret.clone())),
        (None, None) => Ok(None),
        (None, Some(path)) => {
            let text = fs::read_to_string(path).map_err(|cause| SettingError::File {
                name,
                path: path.to_owned(),
                cause,
            })?;
            Ok(Some(text.trim_end_matches(['\r', '\n']).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_secret_comes_directly_or_from_a_file_and_not_from_both() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "сезам\n").unwrap();
        let direct = SecretString::from("сезам");
        for secret in [read("KEY", Some(&direct), None), read("KEY", None, Some(&path))] {
            assert_eq!(secret.unwrap().unwrap().expose_secret(), "сезам");
        }
        assert!(read("KEY", None, None).unwrap().is_none());
        assert_eq!(
            read("KEY", Some(&direct), Some(&path)).unwrap_err().to_string(),
            "KEY and KEY_FILE are both set; keep one"
        );
        assert!(read("KEY", None, Some(&folder.path().join("no"))).is_err());
    }
}
