//! What is printed.

use std::io::Write;

use tabella_client::printable::printable;

/// Prints a paragraph on standard output, whoever wrote its parts.
pub fn say(text: &str) {
    // What was done stays done, whether or not somebody reads on.
    let _ = writeln!(std::io::stdout(), "{}", printable(text.trim_end()));
}
