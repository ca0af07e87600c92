//! The server, spoken to over HTTP. Every answer is compared with specs/openapi.json.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

mod bad_witnesses;
mod closing;
mod command;
mod contract;
mod events;
mod files;
mod host;
mod isolation;
mod life;
mod limits;
mod lookups;
mod pages;
mod play;
mod refusals;
mod starts;
mod stopping;
mod tls;
mod web;
mod witness;
mod witnessing;
