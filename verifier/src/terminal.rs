//! What the commands of the program have in common: how they read their arguments and speak to people.

use anyhow::anyhow;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use tabella_verifier::text::read_fingerprint;

/// Reads a fingerprint as somebody typed it.
pub fn fingerprint(typed: &str) -> Result<String, String> {
    read_fingerprint(typed).ok_or_else(|| "a fingerprint has 32 letters and digits, in eight groups of four".to_owned())
}

/// Fresh secret bytes.
pub fn seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow!("cannot draw random bytes: {error}"))?;
    Ok(seed)
}

/// Shows how far the entries are while something works.
pub fn with_progress<T>(work: impl FnOnce(&dyn Fn(u64, u64)) -> T) -> T {
    let bar = progress_bar("{bar:40} {pos}/{len} entries, {per_sec}, {eta} left");
    let result = work(&|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    result
}

/// Drawn on standard error, and only if that is a terminal.
pub fn progress_bar(template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    let bar = ProgressBar::new(0);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// Prints for people or for programs, and gives the exit status.
pub fn print(report: &impl Serialize, text: impl FnOnce() -> String, json: bool, status: u8) -> ExitCode {
    let printed = if json { serde_json::to_string_pretty(report).map(|text| text + "\n") } else { Ok(text()) };
    let written = printed.map_err(std::io::Error::from);
    match written.and_then(|text| std::io::stdout().lock().write_all(text.as_bytes())) {
        Ok(()) => ExitCode::from(status),
        Err(_) => ExitCode::from(2),
    }
}
