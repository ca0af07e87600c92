//! `tabella witness` as a log and its operator see it: the program, over HTTP.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test, as the test itself does")]

mod scene;

mod answers;
mod commands;
mod forks;
mod memory;
