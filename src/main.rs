//! The program `tabella`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tabella::outcome::Outcome;
use tabella::{authority, bench, mirror, registrar, send, server, simulate, voter, witness};
use tabella_client::printable::printable;

/// Elections whose result anybody can check
#[derive(Debug, Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the boards of elections, and copies of them
    #[command(subcommand)]
    Board(BoardCommand),
    Serve(Box<server::ServeArguments>),
    Authority(authority::Arguments),
    Registrar(registrar::Arguments),
    Voter(voter::Arguments),
    Mirror(mirror::Arguments),
    Witness(witness::Arguments),
    Send(send::Arguments),
    Simulate(simulate::Arguments),
    /// Measure on this machine
    #[command(subcommand)]
    Bench(BenchCommand),
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    Board(bench::Arguments),
}

#[derive(Debug, Subcommand)]
enum BoardCommand {
    New(server::NewArguments),
    Backup(server::BackupArguments),
}

impl Command {
    /// Gives what is to be printed on standard output at the end.
    async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Board(BoardCommand::New(arguments)) => arguments.run().map(Outcome::done),
            Self::Board(BoardCommand::Backup(arguments)) => arguments.run().await.map(Outcome::done),
            Self::Serve(arguments) => arguments.run().await.map(|()| Outcome::done(String::new())),
            Self::Authority(arguments) => arguments.run(),
            Self::Registrar(arguments) => arguments.run(),
            Self::Voter(arguments) => arguments.run(),
            Self::Mirror(arguments) => arguments.run(),
            Self::Witness(arguments) => arguments.run().await,
            Self::Send(arguments) => arguments.run(),
            Self::Simulate(arguments) => arguments.run().await.map(Outcome::done),
            Self::Bench(BenchCommand::Board(arguments)) => arguments.run().await.map(Outcome::done),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match Program::parse().command.run().await {
        // Whoever closed standard output does not want to read on; what was to be done is done all the same.
        Ok(outcome) => {
            let written = std::io::stdout().write_all(outcome.text.as_bytes());
            written.map_or(ExitCode::FAILURE, |()| outcome.exit_code())
        }
        Err(error) => {
            eprintln!("{}", printable(&format!("error: {error:#}")));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Program::command().debug_assert();
    }
}
