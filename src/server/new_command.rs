//! The command line of `tabella board new`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tabella_client::passphrase::PassphraseArguments;
use zeroize::Zeroizing;

use super::folder::BoardFolder;

/// Make the board of an election: its log's key, and the folder that `tabella serve` needs
///
/// The key is sealed with the passphrase of the server, which is the same for all its boards. Only the named authority can then begin the
/// election, by handing in a manifest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella board new city-2026 --data /var/lib/tabella --address https://vote.example.org \\
      --authority 8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c
Then:
  tabella serve --data /var/lib/tabella --listen 127.0.0.1:8080")]
pub struct NewArguments {
    /// The election's id: 1 to 64 of a-z, 0-9 and -
    #[arg(value_name = "ELECTION")]
    id: String,
    /// The folder of all boards of the server
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where voters reach the server: https:// and the host. The log is named by the host and the id, for ever
    #[arg(long, value_name = "ADDRESS")]
    address: String,
    /// The public key of the authority that will run the election: 64 hexadecimal digits
    #[arg(long, value_name = "KEY")]
    authority: String,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

impl NewArguments {
    /// Makes the board; gives what is to be printed on standard output.
    pub fn run(self) -> Result<String> {
        let passphrase = self.passphrase.choose("the server")?;
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).context("the system gives no randomness")?;
        let (folder, key) =
            BoardFolder::create(&self.data, &self.id, &self.address, &self.authority, &seed, &passphrase)?;
        let verifier = key.verifier();
        Ok(format!(
            "\
Made {}

The authority puts these lines into its election file:

  address = \"{}\"
  log = \"{verifier}\"
",
            folder.path().display(),
            folder.address(),
        ))
    }
}
