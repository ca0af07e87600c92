//! How a command of a role ends: what it prints, and whether the election waits for somebody else.

use std::process::ExitCode;

/// The exit status of a command that did what it could, and now waits for others.
const WAITING: u8 = 3;

/// What a command has to say on standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For standard output, whole.
    pub text: String,
    /// Whether others must do something before this role can go on.
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
