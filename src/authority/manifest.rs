//! `tabella authority manifest`: from the election file to entry 0.

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::json;
use tabella_client::confirm::Step;
use tabella_client::desk::{BoardArguments, Desk, DeskError};
use tabella_client::printable::printable;
use tabella_client::private_file;
use tabella_client::remote::{Address, GivenAddress};
use tabella_election::Kind;
use tabella_election::message::{Manifest, Signed};
use tabella_election::text::Fingerprint;

use super::election_file::{Draft, FILE};
use super::office::{KEY, WHAT};
use super::preview::preview;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::signing_key;

/// What was signed and is being sent: it is durable before it leaves.
const PAYLOAD: &str = "manifest.payload";
const LONGEST_PAYLOAD: u64 = 1 << 20;

/// Show what the election file means, sign the manifest, and begin the election with it
///
/// Asks before anything is published. If it was killed, run it again: it sends the same manifest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority manifest --dir city-2026
  tabella authority manifest --dir city-2026 --preview
  tabella authority manifest --dir city-2026 --yes --json --passphrase-file passphrase")]
pub(super) struct Arguments {
    /// Only show what the election file means
    #[arg(long)]
    preview: bool,
    /// Reach the board at this address, not at the one in the election file
    #[arg(long, value_name = "ADDRESS")]
    board: Option<GivenAddress>,
    /// How many seconds to try again when no answer comes
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// Print address and fingerprint as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        self.board_arguments().address()?;
        let desk = Desk::open(&folder.desk)?;
        let key = signing_key::open(&desk.path(KEY), WHAT, &folder.passphrase)?.key;
        let draft = Draft::read(&desk.path(FILE), &key)?;
        let shown = printable(&preview(&draft.election, &draft.address));
        if self.preview {
            return Ok(Outcome::done(shown));
        }
        self.judge_board(&desk, &draft)?;
        if !self.is_begun(&desk, &draft)? {
            eprintln!("{shown}");
            folder.confirm.confirm(Step::Final, "Sign this manifest, and begin the election with it?")?;
            private_file::write(&desk.path(PAYLOAD), &draft.payload)?;
        }
        self.hand_in(desk, &draft)?;
        Ok(Outcome::done(self.text(&draft)))
    }

    /// Whether the board is the one that the election file names.
    fn judge_board(&self, desk: &Desk, draft: &Draft) -> Result<()> {
        let address = self.address(draft)?;
        let found = desk.place(&self.board_arguments(), Some(address.clone()))?.log_key()?;
        ensure!(
            found == draft.log,
            "the board at {address} has another key than {} says:\n  board          {found}\n  election file  {}\nAsk the \
             board's operator which is right, and correct `address` or `log`",
            desk.path(FILE).display(),
            draft.log
        );
        Ok(())
    }

    /// Whether this very manifest was agreed to before. One that was changed since is refused if the old one stands on the board.
    fn is_begun(&self, desk: &Desk, draft: &Draft) -> Result<bool> {
        let path = desk.path(PAYLOAD);
        let Some(payload) = private_file::read(&path, LONGEST_PAYLOAD)? else { return Ok(false) };
        if *payload == draft.payload {
            return Ok(true);
        }
        let begun = Signed::<Manifest>::decode(&payload);
        let begun = begun.with_context(|| format!("{} is damaged; restore it from a backup", path.display()))?;
        let place = desk.place(&self.board_arguments(), Some(self.address(draft)?))?;
        let tabella_client::desk::Place::Server(remote) = place else { return Err(DeskError::NoAddress.into()) };
        if remote.status()?.phase == "empty" {
            return Ok(false);
        }
        let fingerprint = Fingerprint::new(&begun.body_hash().0.into(), &begun.body().log);
        bail!(
            "{} was changed after the election {fingerprint} began, and a manifest cannot be changed. Restore the file \
             as it was; or, if the manifest is wrong, let the operator make a new board and begin in a new folder",
            desk.path(FILE).display()
        )
    }

    fn hand_in(&self, desk: Desk, draft: &Draft) -> Result<()> {
        let fingerprint = draft.election.fingerprint();
        let mut visit = desk.begin(&self.board_arguments(), Some(self.address(draft)?), Some(fingerprint))?;
        let policy = &draft.election.manifest().policy;
        match visit.hand_in_under(policy, Kind::Manifest, &draft.payload) {
            Err(DeskError::Remote(error)) if error.code() == Some("authority_unknown") => {
                return Err(error).context(
                    "the board was made for another authority. Give the operator your public key (`tabella authority \
                     new` prints it) for a new board",
                );
            }
            // Another manifest stands there: the copy tells which.
            Err(DeskError::Remote(error)) if error.code() == Some("out_of_phase") => visit.catch_up()?,
            outcome => outcome.context("the board did not take the manifest")?,
        }
        Ok(visit.desk().pin(Some(&self.address(draft)?), fingerprint)?)
    }

    fn address(&self, draft: &Draft) -> Result<Address> {
        Ok(self.board_arguments().address()?.unwrap_or_else(|| draft.address.clone()))
    }

    fn board_arguments(&self) -> BoardArguments {
        BoardArguments { board: self.board.clone(), expect: None, record: None, patience: self.patience }
    }

    fn text(&self, draft: &Draft) -> String {
        let fingerprint = draft.election.fingerprint();
        if self.json {
            let value = json!({
                "title": draft.election.manifest().title,
                "address": draft.address.to_string(),
                "fingerprint": fingerprint.to_string(),
                "manifest_hash": draft.election.id().to_hex(),
            });
            return format!("{value:#}\n");
        }
        format!(
            "\
The manifest stands on the board.

Address      {}
Fingerprint  {fingerprint}

Give both to the trustees, the registrar, the observers and the press, on paper or by telephone:
whoever has the fingerprint cannot be shown another election.
Next: `tabella authority ceremony --watch`
",
            draft.address
        )
    }
}
