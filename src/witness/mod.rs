//! `tabella witness`: signs that logs have only ever grown. Implements specs/witness.md.
//!
//! Read the modules in this order: [`folder`] and `evidence` are what lies on the disk; [`cosigner`] judges by what
//! `tabella_board::witness` says, and stores before it answers; [`service`] is the way to it over HTTP; the rest are the commands.

pub mod folder;

mod evidence;

pub mod cosigner;
pub mod service;

mod add_command;
mod command;
mod new_command;
mod serve_command;
mod status_command;

pub use command::Arguments;

/// What the passphrase is for, as people are asked for it.
const WHAT: &str = "the witness";
