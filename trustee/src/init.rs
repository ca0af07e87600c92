//! `tabella-trustee init`: the trustee's signing key.

use anyhow::{Result, ensure};
use clap::Args;
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use rand_core::Rng;
use tabella_client::desk::{Desk, DeskArguments};
use tabella_client::outcome::Outcome;
use tabella_client::passphrase::PassphraseArguments;
use tabella_client::randomness;
use zeroize::Zeroizing;

use crate::journal::Journal;
use crate::key_file::{KeyFile, NAME};

/// The longest name, in bytes (specs/conventions.md#encoding).
const LONGEST_NAME: usize = 1_000;

/// Make your key, and print what the authority needs of it
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella-trustee init --name Alice --dir city-2026")]
pub struct Arguments {
    /// Your name, as it is to stand in the election
    #[arg(long)]
    name: String,
}

impl Arguments {
    pub fn run(&self, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        let Self { name } = self;
        ensure!(
            (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control) && name.trim() == name,
            "a name has 1 to {LONGEST_NAME} bytes, no control characters, and no spaces around it"
        );
        let desk = Desk::create(desk)?;
        let path = desk.path(NAME);
        ensure!(
            !path.exists(),
            "{} is there already, and a key is never overwritten; use another folder (--dir) for another election",
            path.display()
        );
        let mut seed = Zeroizing::new([0; 32]);
        randomness::fresh()?.fill_bytes(seed.as_mut());
        let journal = Journal::new(name.clone(), SigningKey::from_bytes(&seed));
        let public = HEXLOWER.encode(journal.signing_key.verifying_key().as_bytes());
        KeyFile::create(&desk, passphrase, journal)?;
        let quoted = serde_json::to_string(name)?;
        Ok(Outcome::done(format!(
            "Your key is in {}, sealed with your passphrase. Keep both: nobody can replace them.\n\n\
             Give these lines to the authority, and read the key to it by telephone so that nobody exchanges it on the way:\n\n\
             [[trustee]]\nname = {quoted}\nkey = \"{public}\"\n\n\
             Next, when the authority has given you the election's address and its fingerprint:\n\
             \x20 tabella-trustee ceremony --board ADDRESS --expect FINGERPRINT --watch",
            path.display()
        )))
    }
}
