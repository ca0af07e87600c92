//! The board's server and the commands of the roles: what the program `tabella` is made of.

pub mod pabulib;
pub mod printable;
pub mod sequencer;
pub mod server;
pub mod simulate;
pub mod storage;
