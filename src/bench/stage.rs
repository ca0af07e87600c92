//! The servers that are measured, all on loopback.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use axum::http::Uri;
use ed25519_dalek::SigningKey;
use rand_core::Rng;
use tabella_client::remote::Address;
use tabella_town::programs::Programs;
use tabella_town::server::Server;

use crate::server::view::hex;
use crate::simulate::randomness::Seed;

/// The election on the server that is started.
const ELECTION: &str = "bench";

/// All voters come from one address, and nobody waits for a minute to end.
const UNLIMITED: [&str; 4] = ["--posts-per-minute", "4294967295", "--reads-per-minute", "4294967295"];

/// Where everything random of a measurement comes from: nothing of it is a secret.
pub(super) fn seed() -> Seed {
    Seed::from_text("tabella bench board")
}

/// The authority for which a board that is measured must have been made.
pub(super) fn authority() -> SigningKey {
    key("authority")
}

/// The key of a role.
pub(super) fn key(role: &str) -> SigningKey {
    let mut bytes = [0; 32];
    seed().of(role, 0).fill_bytes(&mut bytes);
    SigningKey::from_bytes(&bytes)
}

/// The board that is measured.
pub(super) struct Stage {
    addresses: Vec<Address>,
    own: Option<Server>,
}

/// Where ballots are handed in.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The server.
    pub(super) server: SocketAddr,
    /// The path of the place.
    pub(super) path: String,
}

impl Stage {
    /// A server of its own, as a process of this program, with its board in the folder.
    pub(super) fn own(folder: &Path, arguments: &[String]) -> Result<Self> {
        let server = Server::new(&Programs::of_running()?, &folder.join("board"))?;
        server.new_board(ELECTION, &hex(authority().verifying_key().as_bytes()))?;
        let arguments: Vec<&str> = UNLIMITED.into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let mut server = server.with(&arguments);
        server.start()?;
        let address = format!("{}/{ELECTION}", server.base()).parse()?;
        Ok(Self { addresses: vec![address], own: Some(server) })
    }

    /// Front ends of one board that run already.
    pub(super) fn given(addresses: &[Address]) -> Result<Self> {
        let stage = Self { addresses: addresses.to_vec(), own: None };
        stage.targets()?;
        Ok(stage)
    }

    /// The addresses, for people.
    pub(super) fn names(&self) -> String {
        self.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    }

    /// Where the election is opened.
    pub(super) fn first(&self) -> Option<&Address> {
        self.addresses.first()
    }

    /// Where ballots are handed in. Fails on a server that is not on this machine.
    pub(super) fn targets(&self) -> Result<Vec<Target>> {
        self.addresses.iter().map(Target::of).collect()
    }

    /// The process of the server, if it was started here.
    pub(super) fn process(&self) -> Option<u32> {
        self.own.as_ref()?.process()
    }

    /// Ends the server that was started.
    pub(super) fn close(&mut self) -> Result<()> {
        self.own.as_mut().map_or(Ok(()), Server::stop)
    }
}

impl Target {
    fn of(address: &Address) -> Result<Self> {
        let text = address.to_string();
        let elsewhere =
            || format!("{text} is not on this machine: an address looks like http://127.0.0.1:8080/{ELECTION}");
        let uri: Uri = text.parse()?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).with_context(elsewhere)?;
        let server: SocketAddr = authority.as_str().parse().ok().with_context(elsewhere)?;
        ensure!(server.ip().is_loopback(), elsewhere());
        Ok(Self { server, path: format!("{}/entries/ballot", uri.path()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_measured() {
        let target = |text: &str| Target::of(&text.parse().unwrap());
        let here = target("http://127.0.0.1:8080/bench").unwrap();
        assert_eq!((here.server.to_string().as_str(), here.path.as_str()), ("127.0.0.1:8080", "/bench/entries/ballot"));
        assert!(target("http://[::1]:8080/bench").is_ok());
        for other in ["http://192.0.2.1:8080/bench", "http://example.org/bench", "https://127.0.0.1:8080/bench"] {
            assert!(target(other).unwrap_err().to_string().contains("not on this machine"), "{other}");
        }
    }
}
