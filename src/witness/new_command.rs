//! `tabella witness new`: the key that cosigns.

use anyhow::Result;
use clap::Args;
use rand_core::Rng;
use tabella_client::desk::{Desk, DeskArguments};
use tabella_client::passphrase::PassphraseArguments;
use tabella_client::randomness;
use zeroize::Zeroizing;

use super::WHAT;
use super::folder::Folder;
use crate::outcome::Outcome;

/// Make a witness: its key, sealed with a passphrase, and its folder
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella witness new witness.example.org/city --dir witness")]
pub(super) struct Arguments {
    /// The name in its signatures: an address without https://, that nobody else will use
    #[arg(value_name = "NAME")]
    name: String,
}

impl Arguments {
    pub(super) fn run(&self, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        let _lock = Desk::create(desk)?;
        let passphrase = passphrase.choose(WHAT)?;
        let mut seed = Zeroizing::new([0; 32]);
        randomness::fresh()?.fill_bytes(seed.as_mut());
        let folder = Folder::create(&desk.dir, &self.name, &seed, &passphrase)?;
        Ok(Outcome::done(format!(
            "\
Made {}

Give this key to the authorities of the elections whose boards you will witness, and publish it where people know you:

  {}

Never restore this folder from a backup, and never run it twice: see docs/witness.md.
",
            folder.path().display(),
            folder.verifier(),
        )))
    }
}
