//! `tabella authority new`: the key, and an election file to be filled in.

use anyhow::Result;
use clap::Args;
use tabella_client::desk::Desk;
use tabella_client::private_file;

use super::election_file::{FILE, TEMPLATE};
use super::office::{KEY, WHAT};
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::signing_key;

/// Make the authority's key, and an election file to be filled in
///
/// The key is sealed with a passphrase in authority.age. An election file that is there already is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority new --dir city-2026
  tabella authority new --dir city-2026 --passphrase-file passphrase")]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let desk = Desk::create(&folder.desk)?;
        let key = signing_key::make(&desk.path(KEY), WHAT, &folder.passphrase)?;
        let file = desk.path(FILE);
        if !file.exists() {
            private_file::write(&file, TEMPLATE.as_bytes())?;
        }
        Ok(Outcome::done(format!(
            "\
The authority's key is sealed in {}. Keep a copy of it, and the passphrase elsewhere:
without both nobody can end the election.

Public key  {}

1. Give the public key to the board's operator, who makes the board with
   `tabella board new ELECTION --authority KEY` and tells you its address and its log's key.
2. Ask the registrar and each trustee for their public keys.
3. Fill in {}.
4. Run `tabella authority manifest`.
",
            desk.path(KEY).display(),
            signing_key::public_text(&key),
            file.display(),
        )))
    }
}
