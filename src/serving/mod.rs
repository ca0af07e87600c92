//! What the servers of this program have in common: connections, the log on standard error, and how they begin and end.

mod accept;
mod process;

pub(crate) use accept::{Peer, until};
pub(crate) use process::{LogFormat, StopSignals, announce, seconds};
