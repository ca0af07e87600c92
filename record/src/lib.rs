//! The record of an election: entries judged by the rules in the order of the log, and the files they are published in.
//!
//! No database, no network, no clock and no ambient randomness: what a board's server, a mirror and the programs of the
//! roles have in common. Nothing that is read is believed: [`ledger::Ledger`] judges every entry again, from the first
//! on. Read the modules in this order, which is the way of the data:
//!
//! 1. [`entries`]: entries and where they are read again from;
//! 2. [`chain`]: where the next entry stands, and the tree over those before it;
//! 3. [`examination`], [`ledger`]: what may follow, and what the election's state is then;
//! 4. [`files`]: the published files, as anybody reads them;
//! 5. [`directory`], [`publication`]: how the one who writes them makes them grow;
//! 6. [`manifest`], [`opening`]: what is needed to vote, without the ledger;
//! 7. [`receipts`]: what a voter keeps of them; [`board_entry`]: her ballot, read again from the log;
//! 8. [`manifest_view`]: the manifest, made for reading.

pub mod entries;

pub mod chain;

pub mod examination;
pub mod ledger;
mod replay;

pub mod files;

pub mod directory;
pub mod publication;

pub mod manifest;
pub mod opening;

pub mod receipts;

pub mod board_entry;

pub mod manifest_view;
