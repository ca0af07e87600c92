//! One server: a file below an election's address at a time, and what can go wrong with it.

use std::io;
use std::thread;
use std::time::Duration;
use tabella_verifier::record::Tile;
use ureq::Agent;
use ureq::http::header::{LOCATION, RETRY_AFTER};
use ureq::http::{Response, StatusCode, Uri};

/// How long a server is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Longest time to connect, and longest time without a byte.
    pub silence: Duration,
    /// Longest time for one file.
    pub file: Duration,
    /// Time before a request is made again the first time, twice as long before each further time; a busy server may
    /// ask for another one.
    pub pause: Duration,
    /// No server is given more time than this before a request is made again.
    pub longest_pause: Duration,
    /// A request is made so many times, if another time may help.
    pub attempts: u32,
}

impl Default for Patience {
    /// A large bundle over a slow line takes minutes; a server that says nothing is given up earlier.
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(20),
            file: Duration::from_secs(600),
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
            attempts: 4,
        }
    }
}

/// Why a server's files cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("{0} is not the address of an election: give one like https://vote.example.org/city-2026")]
    Address(String),
    #[error("cannot read {address}: {error}")]
    Lost { address: String, error: io::Error },
    #[error("{0} did not come in time")]
    Slow(String),
    #[error("{address} is not given out now because the server is busy")]
    Busy { address: String, pause: Option<Duration> },
    #[error("{address} has moved to {location}: redirects are not followed, give the final address of the election")]
    Moved { address: String, location: String },
    #[error(
        "{address} is not given out: the server answers with status {status}. Check the address, or ask who runs it"
    )]
    Status { address: String, status: StatusCode },
    #[error("{address} is longer than the {longest} bytes that it may have: the server does not serve a record")]
    TooLong { address: String, longest: u64 },
    #[error("{address} is not answered as by a web server: {error}. Check the address")]
    Garbled { address: String, error: ureq::Error },
}

impl ServerError {
    /// What whoever downloads a record does next, if the message does not say it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Lost { .. } => {
                ". Check the address and your connection, then run the same command again; with --keep it goes on where it stopped"
            }
            Self::Slow(_) | Self::Busy { .. } => {
                ". Run the same command again later; with --keep it goes on where it stopped"
            }
            _ => "",
        }
    }

    /// When the same request may succeed, if it may: after this time, or after the usual pause.
    fn passes(&self, usual: Duration) -> Option<Duration> {
        match self {
            Self::Lost { .. } => Some(usual),
            Self::Busy { pause, .. } => Some(pause.unwrap_or(usual)),
            _ => None,
        }
    }
}

/// A server, and the address below which a record's files lie.
#[derive(Debug)]
pub struct Server {
    agent: Agent,
    address: String,
    patience: Patience,
}

impl Server {
    /// Nothing is asked yet. The address may end with slashes; it has no user name, no `?` and no `#`.
    pub fn new(address: &str, patience: Patience) -> Result<Self, ServerError> {
        let is_election = |uri: &Uri| {
            let authority = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
            matches!(uri.scheme_str(), Some("http" | "https")) && authority && uri.query().is_none()
        };
        if address.contains('#') || !address.parse().as_ref().is_ok_and(is_election) {
            return Err(ServerError::Address(address.to_owned()));
        }
        let config = Agent::config_builder()
            .user_agent(concat!("tabella-verify/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(patience.silence))
            .timeout_connect(Some(patience.silence))
            .timeout_per_read(Some(patience.silence))
            .timeout_global(Some(patience.file))
            .build();
        Ok(Self { agent: config.new_agent(), address: address.trim_end_matches('/').to_owned(), patience })
    }

    /// The address, without slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The bytes of a file, at most `longest`; none if the server says that it has no such file.
    pub fn file(&self, name: &str, longest: u64) -> Result<Option<Vec<u8>>, ServerError> {
        let address = format!("{}/{name}", self.address);
        for attempt in 1..self.patience.attempts {
            let answer = self.ask(&address, longest);
            let usual = self.patience.pause * 2_u32.pow(attempt - 1);
            match answer.as_ref().err().and_then(|error| error.passes(usual)) {
                Some(pause) => thread::sleep(pause.min(self.patience.longest_pause)),
                None => return answer,
            }
        }
        self.ask(&address, longest)
    }

    /// The bytes of a tile or bundle; none if the server has no such file. A partial one goes away when the log has grown and
    /// filled it: then it is the beginning of the full one.
    pub fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, ServerError> {
        let bytes = self.file(&tile.name(), tile.longest())?;
        if bytes.is_some() || tile.full() == *tile {
            return Ok(bytes);
        }
        let full = self.file(&tile.full().name(), tile.full().longest())?;
        // What cannot be cut is given as it is, to be called malformed.
        Ok(full.map(|full| tile.cut_from(&full).map(<[u8]>::to_vec).unwrap_or(full)))
    }

    fn ask(&self, address: &str, longest: u64) -> Result<Option<Vec<u8>>, ServerError> {
        let failed = |error| failure(address, longest, error);
        let mut response = self.agent.get(address).call().map_err(failed)?;
        let status = response.status();
        match status {
            StatusCode::OK => response.body_mut().with_config().limit(longest).read_to_vec().map(Some).map_err(failed),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Err(ServerError::Busy { address: address.to_owned(), pause: retry_after(&response) })
            }
            _ if status.is_redirection() => {
                Err(ServerError::Moved { address: address.to_owned(), location: location(&response) })
            }
            _ => Err(ServerError::Status { address: address.to_owned(), status }),
        }
    }
}

fn failure(address: &str, longest: u64, error: ureq::Error) -> ServerError {
    let address = address.to_owned();
    match error {
        ureq::Error::Timeout(_) => ServerError::Slow(address),
        ureq::Error::BodyExceedsLimit(_) => ServerError::TooLong { address, longest },
        ureq::Error::Io(error) => ServerError::Lost { address, error },
        error => ServerError::Garbled { address, error },
    }
}

/// The time that a busy server asks for, in seconds; none if it gives a date.
fn retry_after<T>(response: &Response<T>) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Where a redirect points to, without the name of the file that was asked for.
fn location<T>(response: &Response<T>) -> String {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.unwrap_or("an address that it does not say");
    location.strip_suffix("/checkpoint").unwrap_or(location).to_owned()
}
