//! Secrets at rest: files sealed with a passphrase, in the format of age (scrypt). `age --decrypt` opens them too.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::passphrase::Passphrase;
use crate::private_file::{self, FileFault};

/// scrypt's N is 2 to this power (with r = 8, p = 1): 128 MiB of memory for each guess.
const WORK_FACTOR: u8 = 17;

/// The most that is spent on opening a file, in the same measure: it may come from elsewhere.
const MOST_WORK: u8 = 20;

/// The largest sealed file.
const LARGEST: u64 = 1 << 30;

/// Why a sealed file cannot be opened or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileFault {
    /// There is none.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// It was sealed with another passphrase.
    #[error("the passphrase does not open {}; try again, and see that --dir is the right folder", .0.display())]
    Passphrase(PathBuf),
    /// It is no file that a passphrase opens, or it is damaged.
    #[error("{} is damaged, or no file sealed with a passphrase: {reason}; restore it from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be sealed.
    #[error("cannot seal {}: {reason}", path.display())]
    Seal {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// Seals a secret into a file, whole or not at all, and returns when it is durable.
pub fn seal(path: &Path, secret: &[u8], passphrase: &Passphrase) -> Result<(), KeyFileFault> {
    let mut recipient = age::scrypt::Recipient::new(passphrase.0.clone());
    recipient.set_work_factor(WORK_FACTOR);
    let sealed = age::encrypt(&recipient, secret);
    let sealed = sealed.map_err(|error| KeyFileFault::Seal { path: path.to_owned(), reason: error.to_string() })?;
    Ok(private_file::write(path, &sealed)?)
}

/// Opens a sealed file.
pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, KeyFileFault> {
    let sealed = private_file::read(path, LARGEST)?.ok_or_else(|| KeyFileFault::Missing(path.to_owned()))?;
    let mut identity = age::scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(MOST_WORK);
    match age::decrypt(&identity, &sealed) {
        Ok(secret) => Ok(Zeroizing::new(secret)),
        Err(age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed) => {
            Err(KeyFileFault::Passphrase(path.to_owned()))
        }
        Err(age::DecryptError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(damaged(path, &error.to_string()))
        }
        Err(error) => Err(damaged(path, &error.to_string())),
    }
}

fn damaged(path: &Path, reason: &str) -> KeyFileFault {
    KeyFileFault::Damaged { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::SecretString;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase(SecretString::from(text))
    }

    #[test]
    fn only_the_passphrase_opens_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.age");
        assert!(matches!(open(&path, &passphrase("right")), Err(KeyFileFault::Missing(_))));
        seal(&path, b"secret", &passphrase("right")).unwrap();
        assert_eq!(**open(&path, &passphrase("right")).unwrap(), *b"secret");
        assert!(matches!(open(&path, &passphrase("wrong")), Err(KeyFileFault::Passphrase(_))));
    }

    #[test]
    fn a_damaged_file_is_told_from_a_wrong_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.age");
        seal(&path, b"secret", &passphrase("right")).unwrap();
        let sealed = std::fs::read(&path).unwrap();
        for damaged in [&sealed[..sealed.len() - 1], &sealed[..20], b"not age"] {
            std::fs::write(&path, damaged).unwrap();
            assert!(matches!(open(&path, &passphrase("right")), Err(KeyFileFault::Damaged { .. })), "{damaged:?}");
        }
    }
}
