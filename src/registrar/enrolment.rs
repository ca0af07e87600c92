//! From sealed codes to the roll on the board.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result, ensure};
use tabella_client::progress::Progress;
use tabella_election::Kind;
use tabella_election::kind::Phase;
use tabella_election::message::{Signed, Voter};
use tabella_election::roll::{self, Roll};

use super::codes::{BEFORE, Codes, FILE};
use super::command::Office;
use crate::standing;

/// How the board's roll relates to the codes of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is exactly that of the codes.
    Complete,
    /// It is the one before, or the beginning of that of the codes: what is missing can be sent.
    Begun,
    /// It is another one, which was made elsewhere or before the codes were lost.
    Other,
}

/// Compares the board's roll with that of codes of this revision.
pub(super) fn compare(board: &Roll, revision: u64, voters: &[Voter]) -> Standing {
    if board.is_complete() && board.voters() == voters {
        return Standing::Complete;
    }
    let is_ours = board.revision() == revision && voters.starts_with(board.voters());
    if is_ours || board.revision().checked_add(1) == Some(revision) { Standing::Begun } else { Standing::Other }
}

impl Office {
    pub(super) fn codes_path(&self) -> PathBuf {
        self.visit.desk().path(FILE)
    }

    /// The sealed codes, if there are any.
    pub(super) fn codes(&self) -> Result<Option<Codes>> {
        Codes::open(&self.codes_path(), &self.visit.board()?.election().id(), &self.passphrase)
    }

    /// The codes of the board's roll, if this folder holds them: those that were sealed last, or those that they were to replace.
    pub(super) fn codes_of_roll(&self) -> Result<Option<Codes>> {
        for path in [self.codes_path(), self.visit.desk().path(BEFORE)] {
            let codes = Codes::open(&path, &self.visit.board()?.election().id(), &self.passphrase)?;
            if let Some(codes) = codes
                && self.is_roll_of(&codes)?
            {
                return Ok(Some(codes));
            }
        }
        Ok(None)
    }

    fn is_roll_of(&self, codes: &Codes) -> Result<bool> {
        Ok(compare(self.visit.board()?.roll(), codes.revision, &codes.roll()?) == Standing::Complete)
    }

    /// The revision that follows the board's.
    pub(super) fn next_revision(&self) -> Result<u64> {
        self.visit.board()?.roll().revision().checked_add(1).context("the roll has no further revision")
    }

    /// Refuses to change the roll of an election that is open.
    pub(super) fn ensure_setup(&self) -> Result<()> {
        let phase = self.visit.board()?.phase();
        ensure!(phase == Phase::Setup, "the roll cannot be changed any more: {phase}");
        Ok(())
    }

    /// Seals the codes, and sends the roll that they make. Until it is on the board, the codes of the one that is there are kept too.
    pub(super) fn publish(&mut self, codes: &Codes) -> Result<()> {
        if let Some(held) = self.codes()?
            && self.is_roll_of(&held)?
        {
            held.seal(&self.visit.desk().path(BEFORE), &self.passphrase)?;
        }
        codes.seal(&self.codes_path(), &self.passphrase)?;
        self.send(codes)
    }

    /// Sends the roll of sealed codes. What stands on the board already is sent again, and changes nothing.
    pub(super) fn send(&mut self, codes: &Codes) -> Result<()> {
        let voters = codes.roll()?;
        let chunks = roll::chunks(&codes.election, codes.revision, voters);
        let total = chunks.len() as u64;
        let progress = Progress::of("sending the roll");
        for (done, chunk) in (1..).zip(chunks) {
            let payload = Signed::sign(chunk, &self.key).payload();
            self.visit.hand_in(Kind::Roll, &payload).with_context(|| {
                format!("the board did not take part {done} of {total} of the roll; run the same command again")
            })?;
            progress.set(done, total);
        }
        if self.is_roll_of(codes)? {
            remove(&self.visit.desk().path(BEFORE))?;
        }
        Ok(())
    }

    /// What is on the board, for people.
    pub(super) fn roll_text(&self) -> Result<String> {
        let board = self.visit.board()?;
        let roll = board.roll();
        let mut text = format!(
            "The roll is on the board: {} voters with a weight of {} together (revision {}).\n",
            roll.voters().len(),
            roll.weight(),
            roll.revision()
        );
        text.push_str(&standing::classes_text(roll, board.election()));
        let mut warnings = board.warnings();
        warnings.retain(|warning| warning.code() == "small_class");
        for warning in standing::warning_texts(&warnings) {
            text.push_str(&format!("Note: {warning}\n"));
        }
        Ok(text)
    }
}

/// Deletes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot delete {}", path.display()))
        }
        _ => Ok(()),
    }
}
