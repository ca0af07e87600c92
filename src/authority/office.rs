//! The authority at the board: its key, its judged copy, and the way to hand in.

use anyhow::{Context, Result, ensure};
use ed25519_dalek::SigningKey;
use tabella_client::desk::{BoardArguments, Desk, DeskError, Visit};
use tabella_election::Kind;
use tabella_election::rules::Board;

use crate::folder::Folder;
use crate::signing_key;

/// The file of the key.
pub(super) const KEY: &str = "authority.age";

/// What people are asked the passphrase for.
pub(super) const WHAT: &str = "the authority's key";

/// How often an entry is written anew because the board has moved on meanwhile.
const ATTEMPTS: usize = 5;

/// What the board answers when it has moved on since the copy was brought up to date.
const MOVED_ON: [&str; 5] =
    ["anchor_mismatch", "round_left_out", "ceremony_history", "rehearsal_round", "rehearsal_incomplete"];

/// The authority at work.
pub(super) struct Office {
    pub(super) visit: Visit,
    pub(super) key: SigningKey,
}

impl Office {
    /// Opens the key, and brings the copy of the record up to date.
    pub(super) fn enter(folder: &Folder, board: &BoardArguments) -> Result<Self> {
        board.address()?;
        let desk = Desk::open(&folder.desk)?;
        let key = signing_key::open(&desk.path(KEY), WHAT, &folder.passphrase)?.key;
        let visit = desk.visit(board)?;
        ensure!(
            visit.board()?.election().manifest().authority == signing_key::public(&key),
            "the key in {} is not that of this election's authority; is --dir the right folder?",
            visit.desk().path(KEY).display()
        );
        Ok(Self { visit, key })
    }

    /// The state of the election.
    pub(super) fn board(&self) -> Result<&Board> {
        Ok(self.visit.board()?)
    }

    /// Writes an entry for the board as it stands and hands it in; writes it anew if the board has moved on meanwhile.
    pub(super) fn write(&mut self, kind: Kind, entry: impl Fn(&Visit, &SigningKey) -> Result<Vec<u8>>) -> Result<()> {
        for _ in 1..ATTEMPTS {
            let payload = entry(&self.visit, &self.key)?;
            match self.visit.hand_in(kind, &payload) {
                Err(DeskError::Remote(error)) if error.code().is_some_and(|code| MOVED_ON.contains(&code)) => {
                    self.visit.catch_up_with_news()?;
                }
                outcome => return outcome.with_context(|| format!("the board did not take `{kind}`")),
            }
        }
        let payload = entry(&self.visit, &self.key)?;
        self.visit.hand_in(kind, &payload).with_context(|| format!("the board did not take `{kind}`"))
    }
}
