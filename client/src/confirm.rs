//! Steps that cannot be taken back are asked about first.

use std::io::{self, BufRead, IsTerminal, Write};

/// A step was not taken, because nobody agreed to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotConfirmed {
    /// Somebody said no.
    #[error("nothing was done")]
    Refused,
    /// Nobody can be asked.
    #[error("this step cannot be taken back, and there is no terminal to ask at; give --yes if it is meant")]
    NoTerminal,
    /// The terminal failed.
    #[error("cannot ask at the terminal: {0}")]
    Terminal(#[from] io::Error),
}

/// Whether to go on without asking.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct ConfirmArguments {
    /// Do not ask before steps that cannot be taken back
    #[arg(long, global = true)]
    yes: bool,
}

impl ConfirmArguments {
    /// Asks whether to take a step; the question says what it does.
    pub fn confirm(self, question: &str) -> Result<(), NotConfirmed> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(NotConfirmed::NoTerminal);
        }
        write!(io::stderr(), "{question}\nThis cannot be taken back. Type \"yes\" to go on: ")?;
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if answer.trim().eq_ignore_ascii_case("yes") { Ok(()) } else { Err(NotConfirmed::Refused) }
    }
}
