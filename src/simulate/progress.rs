//! What a person sees while the simulation runs: on standard error, so that standard output holds the result alone.

use indicatif::{ProgressBar, ProgressStyle};

/// Says what is going on, or nothing.
pub struct Progress {
    quiet: bool,
}

impl Progress {
    /// Tells everything, or nothing if `quiet`.
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// One line for each step.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            eprintln!("· {line}");
        }
    }

    /// A bar for work of so many parts; on a terminal only.
    pub fn bar(&self, parts: u64, unit: &str) -> ProgressBar {
        if self.quiet {
            return ProgressBar::hidden();
        }
        let template = format!("  {{bar:40}} {{pos}}/{{len}} {unit}, {{per_sec}}, {{eta}} left");
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(parts).with_style(style)
    }
}
