//! The command line of `tabella witness`.

use anyhow::Result;
use clap::{Args, Subcommand};
use tabella_client::desk::DeskArguments;
use tabella_client::passphrase::PassphraseArguments;

use super::{add_command, new_command, serve_command, status_command};
use crate::outcome::Outcome;

/// Be a witness: sign that logs have only ever grown
///
/// A witness keeps nobody's votes and needs to know nothing of elections. It makes it impossible for a board to show two
/// histories, if enough independent people each run one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella witness new witness.example.org/city --dir witness
  tabella witness add vote.example.org/city-2026+ddb69738+AdQWI… --dir witness
  tabella witness serve --dir witness --listen 127.0.0.1:7380
  tabella witness status --dir witness --json")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new_command::Arguments),
    Add(add_command::Arguments),
    Serve(serve_command::Arguments),
    Status(status_command::Arguments),
}

impl Arguments {
    /// Runs the command.
    pub async fn run(self) -> Result<Outcome> {
        match self.command {
            Command::New(arguments) => arguments.run(&self.desk, &self.passphrase),
            Command::Add(arguments) => arguments.run(&self.desk),
            Command::Serve(arguments) => arguments.run(&self.desk, &self.passphrase).await,
            Command::Status(arguments) => arguments.run(&self.desk),
        }
    }
}
