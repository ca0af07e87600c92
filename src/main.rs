//! The program `tabella`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tabella::printable::printable;
use tabella::simulate;

/// Elections whose result anybody can check
#[derive(Debug, Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Simulate(simulate::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Program { command: Command::Simulate(arguments) } = Program::parse();
    match arguments.run().await {
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
