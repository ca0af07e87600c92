//! The real program, on files only: it reads a record that was carried to it, and leaves a parcel to be carried back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test, as the test itself does")]

mod person;
mod scene;

mod backups;
mod ceremony;
mod distrust;
mod key_files;
mod restarts;
mod tally;
