//! The program `tabella`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tabella::printable::printable;
use tabella::{server, simulate};

/// Elections whose result anybody can check
#[derive(Debug, Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the boards of elections
    #[command(subcommand)]
    Board(BoardCommand),
    Serve(server::ServeArguments),
    Simulate(simulate::Arguments),
}

#[derive(Debug, Subcommand)]
enum BoardCommand {
    New(server::NewArguments),
}

impl Command {
    /// Gives what is to be printed on standard output at the end.
    async fn run(self) -> anyhow::Result<String> {
        match self {
            Self::Board(BoardCommand::New(arguments)) => arguments.run(),
            Self::Serve(arguments) => arguments.run().await.map(|()| String::new()),
            Self::Simulate(arguments) => arguments.run().await,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match Program::parse().command.run().await {
        // Whoever closed standard output does not want to read on; the record is complete all the same.
        Ok(text) => std::io::stdout().write_all(text.as_bytes()).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
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
