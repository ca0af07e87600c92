//! The folder in which the board of one election lives: `board.toml`, `log.key.age`, and the public `record`.

use std::fs;
use std::path::{Path, PathBuf};

use axum::http::Uri;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Serialize};
use tabella_board::key::{LogKey, SEED_LENGTH};
use tabella_board::origin::{Origin, OriginFault};
use tabella_client::key_file::{self, KeyFileFault};
use tabella_client::passphrase::Passphrase;
use tabella_client::private_file::{self, FileFault};
use tabella_election::SignerKey;
use tabella_election::message::verifying_key;
use zeroize::Zeroizing;

/// What the folder holds beside the record.
const SETTINGS: &str = "board.toml";
const LOG_KEY: &str = "log.key.age";
const RECORD: &str = "record";

/// Longest id of an election (specs/election.md#manifest).
const ID_LENGTH: usize = 64;

/// The largest settings.
const SETTINGS_LENGTH: u64 = 10_000;

/// A board cannot be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderFault {
    /// The id cannot name an election.
    #[error("“{0}” cannot name an election: use 1 to {ID_LENGTH} of the characters a-z, 0-9 and -")]
    Id(String),
    /// The address is none of a server.
    #[error("“{0}” is no address of a server: use https:// and the host, with the port if it is not the usual one")]
    Address(String),
    /// Host and id are no origin.
    #[error("“{0}” cannot be the origin of a log: {1}")]
    Origin(String, #[source] OriginFault),
    /// Not an Ed25519 key.
    #[error("“{0}” is not the public key of an authority: 64 hexadecimal digits of an Ed25519 key are needed")]
    Authority(String),
    /// A file of a board is gone.
    #[error("{} is gone", .0.display())]
    Missing(PathBuf),
    /// There is one.
    #[error("{} is there already; nothing was changed. Boards are never made anew: choose another id", .0.display())]
    Exists(PathBuf),
    /// The settings cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The sealed key is none.
    #[error("{} does not hold the key of a log", .0.display())]
    KeyLength(PathBuf),
    /// The key file cannot be opened or made.
    #[error(transparent)]
    Key(#[from] KeyFileFault),
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// What the operator fixed when the board was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardFolder {
    path: PathBuf,
    id: String,
    address: String,
    origin: Origin,
    authority: SignerKey,
}

/// `board.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Where the server is reached.
    address: String,
    /// Who may hand in the manifest: an Ed25519 key in hexadecimal.
    authority: String,
}

impl BoardFolder {
    /// Makes the board of the election `id` below `data`. `seed` becomes the log's key and is sealed with the passphrase.
    pub fn create(
        data: &Path,
        id: &str,
        address: &str,
        authority: &str,
        seed: &Zeroizing<[u8; SEED_LENGTH]>,
        passphrase: &Passphrase,
    ) -> Result<(Self, LogKey), FolderFault> {
        let settings = Settings { address: address.trim_end_matches('/').to_owned(), authority: authority.to_owned() };
        let board = Self::new(data.join(id), id, &settings)?;
        if board.path.exists() {
            return Err(FolderFault::Exists(board.path));
        }
        let key = LogKey::from_seed(board.origin.clone(), seed);
        key_file::seal(&board.path.join(LOG_KEY), seed.as_ref(), passphrase)?;
        // The settings come last: a folder without them is of a process that was killed.
        private_file::write(&board.settings_path(), settings.to_toml().as_bytes())?;
        Ok((board, key))
    }

    /// The boards below `data`, by id.
    pub fn all(data: &Path) -> Result<Vec<Self>, FolderFault> {
        let mut boards = Vec::new();
        for found in fs::read_dir(data).map_err(FileFault::at("read", data))? {
            let path = found.map_err(FileFault::at("read", data))?.path();
            if path.join(SETTINGS).is_file() {
                boards.push(Self::open(path)?);
            }
        }
        boards.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(boards)
    }

    fn open(path: PathBuf) -> Result<Self, FolderFault> {
        let file = path.join(SETTINGS);
        let damaged = |reason: String| FolderFault::Settings { path: file.clone(), reason };
        let bytes = private_file::read(&file, SETTINGS_LENGTH)?.ok_or_else(|| damaged("it is gone".to_owned()))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| damaged(error.to_string()))?;
        let settings: Settings = toml::from_str(text).map_err(|error| damaged(error.message().to_owned()))?;
        let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::new(path, &id, &settings)
    }

    fn new(path: PathBuf, id: &str, settings: &Settings) -> Result<Self, FolderFault> {
        let is_id = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if !(1..=ID_LENGTH).contains(&id.len()) || !id.bytes().all(is_id) {
            return Err(FolderFault::Id(id.to_owned()));
        }
        let host = host(&settings.address).ok_or_else(|| FolderFault::Address(settings.address.clone()))?;
        let origin = format!("{host}/{id}");
        let origin = Origin::parse(&origin).map_err(|fault| FolderFault::Origin(origin, fault))?;
        let authority = authority(&settings.authority);
        let authority = authority.ok_or_else(|| FolderFault::Authority(settings.authority.clone()))?;
        Ok(Self { path, id: id.to_owned(), address: settings.address.clone(), origin, authority })
    }

    /// Copies what the operator keeps, the sealed key and the settings, below another folder. The record is not among it: a server writes
    /// it anew from its store.
    pub fn copy(&self, data: &Path) -> Result<(), FolderFault> {
        // The settings come last, as when the board was made.
        for name in [LOG_KEY, SETTINGS] {
            let from = self.path.join(name);
            let bytes = private_file::read(&from, SETTINGS_LENGTH)?.ok_or(FolderFault::Missing(from))?;
            private_file::write(&data.join(&self.id).join(name), &bytes)?;
        }
        Ok(())
    }

    /// The election's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where everything of the election is found.
    pub fn address(&self) -> String {
        format!("{}/{}", self.address, self.id)
    }

    /// The log's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Who may hand in the manifest.
    pub fn authority(&self) -> SignerKey {
        self.authority
    }

    /// The folder of the record.
    pub fn record(&self) -> PathBuf {
        self.path.join(RECORD)
    }

    /// Unseals the log's key.
    pub fn log_key(&self, passphrase: &Passphrase) -> Result<LogKey, FolderFault> {
        let path = self.path.join(LOG_KEY);
        let seed = key_file::open(&path, passphrase)?;
        let seed: &[u8; SEED_LENGTH] = seed.as_slice().try_into().map_err(|_| FolderFault::KeyLength(path))?;
        Ok(LogKey::from_seed(self.origin.clone(), seed))
    }

    fn settings_path(&self) -> PathBuf {
        self.path.join(SETTINGS)
    }
}

impl Settings {
    /// Both values are of characters that need no escape.
    fn to_toml(&self) -> String {
        let Self { address, authority } = self;
        format!(
            "# The board of one election. Made by `tabella board new`; not to be changed.\naddress = \"{address}\"\nauthority = \"{authority}\"\n"
        )
    }
}

/// Host and port of an address without path.
fn host(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("https" | "http"));
    let authority =
        uri.authority().filter(|authority| !authority.as_str().contains('@') && !authority.host().is_empty());
    let is_bare = matches!(uri.path_and_query().map(|path| path.as_str()), None | Some("" | "/"));
    Some(authority?.as_str().to_ascii_lowercase()).filter(|_| is_web && is_bare)
}

fn authority(text: &str) -> Option<SignerKey> {
    let key = SignerKey(HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()?);
    verifying_key(&key).map(|_| key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::view::hex;

    #[test]
    fn hosts_are_read_from_addresses() {
        assert_eq!(host("https://vote.example.org").as_deref(), Some("vote.example.org"));
        assert_eq!(host("https://Vote.Example.org:8443/").as_deref(), Some("vote.example.org:8443"));
        assert_eq!(host("http://127.0.0.1:8080").as_deref(), Some("127.0.0.1:8080"));
        let wrong = ["", "vote.example.org", "ftp://example.org", "https://a@example.org", "https://example.org/x"];
        for address in wrong.into_iter().chain(["https://example.org?x", "https:///x"]) {
            assert_eq!(host(address), None, "{address}");
        }
    }

    #[test]
    fn an_authority_is_a_strong_key() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
        assert_eq!(authority(&hex(key)), Some(SignerKey(key)));
        assert_eq!(authority(&hex([0; 32])), None, "of small order");
        assert_eq!(authority(&hex(&key[1..])), None);
        assert_eq!(authority("no key"), None);
    }
}
