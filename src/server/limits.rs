//! How much the server takes: of everybody, of an address, of a voter. Implements specs/server.md#limits.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::{Problem, ProblemCode};
use crate::serving::{Grant, Network, seconds};

/// The limits that the operator sets. The defaults fit elections of some ten thousands of voters on a small machine.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Connections at a time; further ones wait until one ends
    #[arg(long, default_value = "4096", value_name = "N")]
    pub connections: NonZeroUsize,
    /// Connections that one address may have at a time (an IPv6 address counts by its /64); further ones are closed. Behind a proxy, which
    /// --trust-forwarded-for says, the proxy must see to it
    #[arg(long, default_value = "1024", value_name = "N")]
    pub connections_per_address: NonZeroUsize,
    /// Event streams at a time
    #[arg(long, default_value = "1024", value_name = "N")]
    pub event_streams: NonZeroUsize,
    /// Payloads of an election that are verified or wait to be numbered at a time, at most: as many as are answered within half a second
    #[arg(long, default_value = "512", value_name = "N")]
    pub in_flight: NonZeroUsize,
    /// Seconds in which the headers of a request must arrive, and some of an answer be taken; an idle connection ends after as many
    #[arg(long, default_value = "15", value_name = "SECONDS", value_parser = seconds)]
    pub header_timeout: Duration,
    /// Seconds in which the body of a request must arrive
    #[arg(long, default_value = "30", value_name = "SECONDS", value_parser = seconds)]
    pub body_timeout: Duration,
    /// Payloads that one address may hand in per minute (an IPv6 address counts by its /64)
    #[arg(long, default_value = "600", value_name = "N")]
    pub posts_per_minute: NonZeroU32,
    /// Other requests that one address may make per minute
    #[arg(long, default_value = "12000", value_name = "N")]
    pub reads_per_minute: NonZeroU32,
    /// Ballots and challenges of one voter that are taken per hour
    #[arg(long, default_value = "30", value_name = "N")]
    pub votes_per_hour: NonZeroU32,
    /// Believe the last address of the header X-Forwarded-For: only behind a proxy that writes it
    #[arg(long)]
    pub trust_forwarded_for: bool,
}

impl Limits {
    /// What connections are granted.
    pub(crate) fn grant(&self) -> Grant {
        let most_of_network = (!self.trust_forwarded_for).then_some(self.connections_per_address);
        Grant { most: self.connections, most_of_network, timeout: self.header_timeout }
    }
}

/// Who asks, as far as rates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(Network);

impl Client {
    /// The client of a connection from `peer`. With `trusts_forwarded_for` the last address that the proxy wrote counts.
    pub fn new(peer: IpAddr, headers: &HeaderMap, trusts_forwarded_for: bool) -> Self {
        let forwarded = headers.get_all("x-forwarded-for").iter().next_back().filter(|_| trusts_forwarded_for);
        let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Self(Network::of(forwarded.unwrap_or(peer)))
    }

    /// Whoever has no address: a request that came over no network.
    pub fn local() -> Self {
        Self(Network::of(Ipv4Addr::LOCALHOST.into()))
    }
}

/// How often each address may come.
///
/// Addresses fall into cells by a secret hash, so that what is kept is bounded whoever comes. Two addresses share a cell, and its rate,
/// once in 65,536 times.
pub struct Rates {
    cells: RandomState,
    posts: DefaultKeyedRateLimiter<u16>,
    reads: DefaultKeyedRateLimiter<u16>,
}

impl Rates {
    /// The rates that these limits set.
    pub fn new(limits: &Limits) -> Self {
        Self {
            cells: RandomState::new(),
            posts: RateLimiter::keyed(Quota::per_minute(limits.posts_per_minute)),
            reads: RateLimiter::keyed(Quota::per_minute(limits.reads_per_minute)),
        }
    }

    /// Counts a request; `rate_limited` if it is one too many.
    pub fn count(&self, client: Client, method: &Method) -> Result<(), Problem> {
        let limiter = if *method == Method::POST { &self.posts } else { &self.reads };
        let [high, low, ..] = self.cells.hash_one(client).to_be_bytes();
        limiter.check_key(&u16::from_be_bytes([high, low])).map_err(|denied| {
            let text = "Too many requests come from your address. Try again later.";
            Problem::new(ProblemCode::RateLimited, text)
                .retry_after(denied.wait_time_from(DefaultClock::default().now()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: Option<&'static str>, trusts: bool) -> Client {
        let mut headers = HeaderMap::new();
        headers.extend(
            forwarded
                .map(|text| ("x-forwarded-for".parse().unwrap(), text.parse().unwrap()))
                .into_iter()
                .map(|(name, value): (axum::http::HeaderName, axum::http::HeaderValue)| (name, value)),
        );
        Client::new(peer.parse().unwrap(), &headers, trusts)
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        assert_eq!(client("2001:db8:1:2::1", None, false), client("2001:db8:1:2:ffff::", None, false));
        assert_ne!(client("2001:db8:1:2::1", None, false), client("2001:db8:1:3::1", None, false));
        assert_eq!(client("::ffff:192.0.2.1", None, false), client("192.0.2.1", None, false));
        assert_ne!(client("192.0.2.2", None, false), client("192.0.2.1", None, false));
    }

    #[test]
    fn the_proxys_word_counts_only_if_the_operator_says_so() {
        let forwarded = Some("203.0.113.9, 192.0.2.1");
        assert_eq!(client("127.0.0.1", forwarded, true), client("192.0.2.1", None, false));
        assert_eq!(client("127.0.0.1", forwarded, false), client("127.0.0.1", None, false));
        assert_eq!(client("127.0.0.1", Some("unknown"), true), client("127.0.0.1", None, true));
    }
}
