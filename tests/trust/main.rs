//! Boards that lie to the real programs: who notices, when, and what of it is proof for others. What is found is the table of docs/trust.md,
//! line for line.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

mod finding;

mod front;
mod scene;

mod forgery;
mod people;

mod two_histories;
mod witnesses;

mod disappearing;
mod hiding;

mod false_answers;
mod rules;
