//! `tabella registrar new`: the key.

use anyhow::Result;
use clap::Args;
use tabella_client::desk::Desk;

use super::command::{KEY, WHAT};
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::signing_key;

/// Make the registrar's key
///
/// The key is sealed with a passphrase in registrar.age; the voters' codes will be sealed with the same.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella registrar new --dir registrar
  tabella registrar new --dir registrar --passphrase-file passphrase")]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let desk = Desk::create(&folder.desk)?;
        let path = desk.path(KEY);
        let key = signing_key::make(&path, WHAT, &folder.passphrase)?;
        Ok(Outcome::done(format!(
            "\
The registrar's key is sealed in {}.

Public key  {}

Give the public key to the authority, who tells you the election's address and fingerprint. Then run
`tabella registrar roll VOTERS.csv --board ADDRESS --expect FINGERPRINT`.
",
            path.display(),
            signing_key::public_text(&key)
        )))
    }
}
