//! `tabella authority`: whoever runs an election, one command for each of its steps.
//!
//! Every command first brings its own copy of the record up to date and judges it; what it writes follows from that copy and the
//! key alone. So a command that was killed is run again, and finishes. In the order of an election's life: `new`,
//! `manifest` (from [`election_file`], shown by [`preview`]), `ceremony`, `opening`, `closing`, `publish`; and
//! `status` at any time.

mod command;
mod office;

mod new;

mod amount_proof;
pub mod election_file;
mod manifest;
pub mod preview;

mod ceremony;

mod closing;
mod opening;
mod publish;
mod status;

pub use self::command::Arguments;
