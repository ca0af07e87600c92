//! Boards that lie, fail or are not there, and what the programs say of them. Tests specs/server.md#distrust.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

mod election;
mod role;
mod server;

mod copies;
mod entries;
mod receipts;
mod requests;
mod setups;
mod tars;
mod witnesses;
