//! The board's server and the commands of the roles: what the program `tabella` is made of.

pub mod authority;
pub mod bench;
pub mod bucket;
mod folder;
mod groups;
pub mod mirror;
pub mod pabulib;
pub mod preflib;
pub mod registrar;
pub mod result;
pub mod send;
pub mod sequencer;
pub mod server;
pub mod serving;
pub mod signing_key;
pub mod simulate;
pub mod standing;
pub mod storage;
pub mod voter;
pub mod votes;
pub mod witness;
pub mod witnessing;
mod wording;

pub use tabella_client::outcome;
