//! What a command says, and how it ends.

use std::io::Write;
use std::process::ExitCode;

use tabella_client::printable::printable;

/// The exit status of a command that did what it could, and now waits for others.
const WAITING: u8 = 3;

/// How a command ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For standard output.
    pub text: String,
    /// Whether others must do something before this trustee can go on.
    pub is_waiting: bool,
}

impl Outcome {
    /// Nothing is left to be done by this command.
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_waiting: false }
    }

    /// Others come first.
    pub fn waiting(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_waiting: true }
    }

    /// The exit status that says so.
    pub fn exit_code(&self) -> ExitCode {
        if self.is_waiting { ExitCode::from(WAITING) } else { ExitCode::SUCCESS }
    }
}

/// Prints a paragraph on standard output, whoever wrote its parts.
pub fn say(text: &str) {
    // What was done stays done, whether or not somebody reads on.
    let _ = writeln!(std::io::stdout(), "{}", printable(text.trim_end()));
}
