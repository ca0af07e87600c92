//! What the servers of this program have in common: connections, bodies of requests, the log on standard error, and how they begin and end.

mod accept;
mod body;
mod process;
mod tls;

pub(crate) use accept::{Entrance, Peer, until};
pub(crate) use body::{BodyFault, read_body};
pub(crate) use process::{LogFormat, StopSignals, announce, seconds};
pub(crate) use tls::Tls;
pub use tls::{TlsArguments, TlsFault};
