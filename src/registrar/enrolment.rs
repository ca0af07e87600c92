//! From sealed codes to the roll on the board.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use tabella_client::progress::Progress;
use tabella_election::kind::Phase;
use tabella_election::message::{Signed, Voter};
use tabella_election::roll::{self, Roll};
use tabella_election::{Election, Kind};

use super::codes::{Codes, FILE};
use super::command::Office;

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
pub(super) fn standing(board: &Roll, revision: u64, voters: &[Voter]) -> Standing {
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

    /// Seals the codes, and sends the roll that they make.
    pub(super) fn publish(&mut self, codes: &Codes) -> Result<()> {
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
        text.push_str(&classes_text(roll, board.election()));
        for warning in board.warnings() {
            if warning.code() == "small_class" {
                text.push_str(&format!("Note: {}\n", crate::standing::warning_text(&warning)));
            }
        }
        Ok(text)
    }
}

/// How many voters share each style and weight.
pub(super) fn classes_text(roll: &Roll, election: &Election) -> String {
    let class = |((style, weight), voters): (&(u64, u64), &u64)| {
        let style = election.style(*style).map_or("", |style| style.name.as_str());
        format!("  {voters} with the style “{style}” and the weight {weight}\n")
    };
    roll.classes().iter().map(class).collect()
}
