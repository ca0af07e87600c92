//! Passphrases: from a terminal, a file or a descriptor; never from the command line or the environment, where others read
//! them.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use zeroize::{Zeroize, Zeroizing};

use crate::private_file::{self, FileFault};

/// The most bytes of a passphrase.
const LONGEST: u64 = 1_024;

/// A new passphrase has at least this many characters.
const SHORTEST_NEW: usize = 8;

/// What a person knows and a key file is sealed with. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Passphrase(pub(crate) SecretString);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(<redacted>)")
    }
}

/// Why there is no passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseFault {
    /// Nobody can be asked.
    #[error(
        "a passphrase is needed ({0}), and there is no terminal to ask at: give --passphrase-file FILE or \
         --passphrase-fd NUMBER"
    )]
    NoTerminal(String),
    /// The terminal failed.
    #[error("cannot read the passphrase from the terminal")]
    Terminal(#[source] io::Error),
    /// The second time something else was typed.
    #[error("the two passphrases differ; nothing was changed, try again")]
    Differ,
    /// A new passphrase is too short.
    #[error("a passphrase has at least {SHORTEST_NEW} characters; several words are better than one")]
    Short,
    /// The file or descriptor has no first line.
    #[error("the passphrase in {} is empty", .0.display())]
    Empty(PathBuf),
    /// The file is not text.
    #[error("the passphrase in {} is not UTF-8 text", .0.display())]
    NoText(PathBuf),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// Where the passphrase comes from. By default it is asked for at the terminal.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PassphraseArguments {
    /// Read the passphrase from the first line of FILE
    #[arg(long, value_name = "FILE", global = true)]
    passphrase_file: Option<PathBuf>,
    /// Read the passphrase from the first line of an open file descriptor
    #[arg(long, value_name = "NUMBER", global = true, conflicts_with = "passphrase_file")]
    passphrase_fd: Option<u32>,
}

impl PassphraseArguments {
    /// The passphrase of something that is there already; `what` is named to whoever is asked.
    pub fn read(&self, what: &str) -> Result<Passphrase, PassphraseFault> {
        match self.place() {
            Some(place) => from_file(&place),
            None => ask(what, &format!("Passphrase of {what}: ")),
        }
    }

    /// A new passphrase for `what`. At a terminal it is asked for twice.
    pub fn choose(&self, what: &str) -> Result<Passphrase, PassphraseFault> {
        let passphrase = match self.place() {
            Some(place) => from_file(&place)?,
            None => {
                let first = ask(what, &format!("New passphrase for {what}: "))?;
                let second = ask(what, "The same again: ")?;
                if expose(&first) != expose(&second) {
                    return Err(PassphraseFault::Differ);
                }
                first
            }
        };
        if expose(&passphrase).chars().count() < SHORTEST_NEW { Err(PassphraseFault::Short) } else { Ok(passphrase) }
    }

    fn place(&self) -> Option<PathBuf> {
        let descriptor = self.passphrase_fd.map(|number| PathBuf::from(format!("/dev/fd/{number}")));
        self.passphrase_file.clone().or(descriptor)
    }
}

fn expose(passphrase: &Passphrase) -> &str {
    age::secrecy::ExposeSecret::expose_secret(&passphrase.0)
}

fn from_file(path: &Path) -> Result<Passphrase, PassphraseFault> {
    let missing = || FileFault::at("read", path)(io::ErrorKind::NotFound.into());
    let bytes = private_file::read(path, LONGEST)?.ok_or_else(missing)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| PassphraseFault::NoText(path.to_owned()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { Err(PassphraseFault::Empty(path.to_owned())) } else { Ok(passphrase(line.to_owned())) }
}

fn ask(what: &str, prompt: &str) -> Result<Passphrase, PassphraseFault> {
    if !io::stdin().is_terminal() {
        return Err(PassphraseFault::NoTerminal(what.to_owned()));
    }
    rpassword::prompt_password(prompt).map(passphrase).map_err(PassphraseFault::Terminal)
}

fn passphrase(mut text: String) -> Passphrase {
    let secret = Zeroizing::new(text.as_str().to_owned());
    text.zeroize();
    Passphrase(SecretString::from(secret.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(content: &[u8]) -> (tempfile::NamedTempFile, PassphraseArguments) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let arguments = PassphraseArguments { passphrase_file: Some(file.path().to_owned()), passphrase_fd: None };
        (file, arguments)
    }

    #[test]
    fn the_first_line_of_a_file_counts() {
        let (_file, arguments) = arguments("drei wörter hier\r\nnot this\n".as_bytes());
        assert_eq!(expose(&arguments.read("x").unwrap()), "drei wörter hier");
        assert_eq!(format!("{:?}", arguments.choose("x").unwrap()), "Passphrase(<redacted>)");
    }

    #[test]
    fn what_is_no_passphrase_is_refused() {
        for content in [b"".as_slice(), b"\n", b"\nsecond\n"] {
            let (_file, empty) = arguments(content);
            assert!(matches!(empty.read("x"), Err(PassphraseFault::Empty(_))), "{content:?}");
        }
        let (file, missing) = arguments(b"correct horse battery\n");
        drop(file);
        assert!(matches!(missing.read("x"), Err(PassphraseFault::File(_))));
        let (_file, bytes) = arguments(b"\xff\xfe");
        assert!(matches!(bytes.read("x"), Err(PassphraseFault::NoText(_))));
        let (_file, short) = arguments(b"1234567\n");
        assert!(matches!(short.choose("x"), Err(PassphraseFault::Short)));
        assert!(short.read("x").is_ok());
    }
}
