//! What the servers of this program have in common: connections, bodies of requests, the log on standard error, and how they begin and end.

mod accept;
mod body;
mod process;

pub(crate) use accept::{Peer, until};
pub(crate) use body::{BodyFault, read_body};
pub(crate) use process::{LogFormat, StopSignals, announce, seconds};
