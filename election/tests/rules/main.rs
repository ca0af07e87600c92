//! Whole elections in memory, and everything that the rules refuse.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test, as the test itself does")]

mod ceremonies;
mod elections;
mod key_files;
mod order;
mod refusals;
mod samples;
mod world;
