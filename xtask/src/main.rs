//! What a developer runs: `cargo xtask demo`, `cargo xtask test`, `cargo xtask vectors`.

mod demo;
mod needs;
mod run;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

  demo      build, run a whole election on 66 real ballots, verify its record, and say where it lies
  test      everything that must pass: format, lints, tests, documentation, vectors, licences
  vectors   write specs/vectors/*.json anew and check them with the independent script

What a command needs and the machine lacks is installed with apt-get (as root, on Debian); each command says so.";

fn main() -> ExitCode {
    match command(std::env::args().nth(1).as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(name: Option<&str>) -> Result<()> {
    std::env::set_current_dir(run::root())?;
    match name {
        Some("demo") => demo::demo(),
        Some("test") => test::test(),
        Some("vectors") => test::vectors(),
        None | Some("help" | "--help" | "-h") => {
            run::say(HELP);
            Ok(())
        }
        Some(other) => bail!("no command `{other}`; `cargo xtask help` lists them"),
    }
}
