//! How many connections each network has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An IPv4 address, or the first half of an IPv6 address, within which a single person may have all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl Network {
    /// The network of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }
}

/// The networks that are connected, and how often: no more than there are connections.
type Counts = Arc<Mutex<HashMap<Network, usize>>>;

/// Counts connections by their network.
pub(super) struct Crowd {
    most: Option<NonZeroUsize>,
    counts: Counts,
}

/// A connection that is counted until this is dropped.
pub(super) struct Place(Option<(Counts, Network)>);

impl Crowd {
    /// So many of a network at a time; `None` for any number.
    pub(super) fn new(most: Option<NonZeroUsize>) -> Self {
        Self { most, counts: Counts::default() }
    }

    /// A place for a connection from this address, unless its network has too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let Some(most) = self.most else { return Some(Place(None)) };
        let network = Network::of(address);
        let counts = &mut *lock(&self.counts);
        let count = counts.entry(network).or_default();
        // An entry that was just made is below every limit.
        if *count >= most.get() {
            return None;
        }
        *count += 1;
        Some(Place(Some((Arc::clone(&self.counts), network))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((counts, network)) = self.0.take() else { return };
        let counts = &mut *lock(&counts);
        if let Some(count) = counts.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&network);
            }
        }
    }
}

fn lock(counts: &Counts) -> MutexGuard<'_, HashMap<Network, usize>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_so_many_places_and_each_is_free_again() {
        let crowd = Crowd::new(NonZeroUsize::new(2));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let (first, _second) = (crowd.enter(address("2001:db8::1")), crowd.enter(address("2001:db8::2")));
        assert!(crowd.enter(address("2001:db8::3")).is_none());
        let other = crowd.enter(address("192.0.2.1"));
        assert!(other.is_some());
        drop(first);
        assert!(crowd.enter(address("2001:db8::3")).is_some());
        drop(other);
        assert_eq!(lock(&crowd.counts).len(), 1, "who has gone is forgotten");
    }

    #[test]
    fn without_a_limit_nobody_is_counted() {
        let crowd = Crowd::new(None);
        let places: Vec<_> = (0..100).map(|_| crowd.enter(IpAddr::from([192, 0, 2, 1]))).collect();
        assert!(places.iter().all(Option::is_some) && lock(&crowd.counts).is_empty());
    }
}
