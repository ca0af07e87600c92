//! `tabella bench board`: how many ballots a board takes in a second, measured from outside with the proofs of real ballots.
//!
//! 1. `stage`: the servers that are measured, on loopback: one of its own, or those that it is told;
//! 2. `opening`: an election of one question with five answers is opened there, as the roles would;
//! 3. `ballots`: all voters encrypt, before anything is measured;
//! 4. `connection`, `voting`: they vote, first so many at a time, then at twice the rate at which that went;
//! 5. `check`: every receipt is held against the record, and every accepted ballot must be there once;
//! 6. `cost`, `report`: what it cost, as a table or as JSON.

mod command;

mod ballots;
mod check;
mod connection;
mod cost;
mod opening;
mod report;
mod stage;
mod voting;

pub use self::command::Arguments;
