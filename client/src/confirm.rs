//! Steps that matter are asked about first.

use std::io::{self, BufRead, IsTerminal, Write};

/// A step was not taken, because nobody agreed to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotConfirmed {
    /// Somebody said no.
    #[error("nothing was done")]
    Refused,
    /// Nobody can be asked.
    #[error("this step is asked about first, and there is no terminal to ask at; give --yes if it is meant")]
    NoTerminal,
    /// The terminal failed.
    #[error("cannot ask at the terminal")]
    Terminal(#[from] io::Error),
}

/// Whether to go on without asking.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct ConfirmArguments {
    /// Take every step without asking first
    #[arg(long, global = true)]
    yes: bool,
}

/// Whether a step can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What it changes can be changed back.
    Reversible,
    /// It stands for ever, or destroys something.
    Final,
}

impl ConfirmArguments {
    /// Asks whether to take a step; the question says what it does.
    pub fn confirm(self, step: Step, question: &str) -> Result<(), NotConfirmed> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(NotConfirmed::NoTerminal);
        }
        write!(io::stderr(), "{}", prompt(step, question))?;
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if answer.trim().eq_ignore_ascii_case("yes") { Ok(()) } else { Err(NotConfirmed::Refused) }
    }
}

fn prompt(step: Step, question: &str) -> String {
    let warning = match step {
        Step::Reversible => "",
        Step::Final => "This cannot be taken back. ",
    };
    format!("{}\n{warning}Type \"yes\" to go on: ", question.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_of_final_steps_it_is_said_that_they_are() {
        assert_eq!(prompt(Step::Reversible, "Add 1?\n"), "Add 1?\nType \"yes\" to go on: ");
        assert_eq!(prompt(Step::Final, "End it?"), "End it?\nThis cannot be taken back. Type \"yes\" to go on: ");
    }
}
