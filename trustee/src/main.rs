//! `tabella-trustee`: a trustee's program, from its first key to its share of the result.
//!
//! All cryptography is in `tabella-election`; this program reads the board, judges and verifies it, lets the trustee take
//! the step that the board waits for, seals what it holds, and only then hands in. Read the modules in this order:
//!
//! 1. [`journal`], [`key_file`]: what a trustee must not lose;
//! 2. [`plan`]: what comes next; [`verification`], [`anchor`]: what is looked at before;
//! 3. [`work`], [`delivery`]: taking the steps and handing in;
//! 4. [`init`], [`backup`], [`status`], [`command`]: what a person types.

mod journal;
mod key_file;

mod plan;

mod anchor;
mod verification;

mod delivery;
mod work;

mod backup;
mod init;
mod lost;
mod status;

mod command;
mod say;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use tabella_client::printable::printable;

fn main() -> ExitCode {
    match command::Program::parse().run() {
        Ok(outcome) => {
            say::say(&outcome.text);
            outcome.exit_code()
        }
        Err(error) => {
            // Nobody is left to be told if standard error is closed.
            let _ = writeln!(std::io::stderr(), "{}", printable(&format!("error: {error:#}")));
            ExitCode::FAILURE
        }
    }
}
