//! All programs together, as people run them: a process and a folder for each role, on loopback.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test, as the test itself does")]

mod plans;

mod whole;

mod killed;

mod another_election;

mod bench;

mod following;

mod postgres;

mod object_storage;

mod bucket;
