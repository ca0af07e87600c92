//! How many ballots and challenges of a voter are taken in a time. Implements specs/server.md#limits.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tabella_election::EncodedPoint;

use super::problem::{Problem, ProblemCode};

/// An hour.
const PERIOD: Duration = Duration::from_secs(3600);

/// What each voter has used up of a share that fills again with time.
///
/// A share is charged after a ballot was accepted, and looked at before: what others send in a voter's name costs the voter
/// nothing. Libraries for rates charge when they look.
pub struct Shares {
    /// The time in which one vote of a share fills again.
    interval: Duration,
    /// When each share will be full again. Only who has a code gets into it, so it is no larger than the roll.
    full_at: Mutex<HashMap<EncodedPoint, Instant>>,
}

impl Shares {
    /// Shares of so many votes in an hour.
    pub fn new(votes_per_hour: NonZeroU32) -> Self {
        Self { interval: PERIOD / votes_per_hour.get(), full_at: Mutex::default() }
    }

    /// Whether a vote of this credential may be taken now; `rate_limited` if its share is used up.
    pub fn judge(&self, credential: &EncodedPoint, now: Instant) -> Result<(), Problem> {
        let full_at = self.lock().get(credential).copied();
        let missing = full_at.map_or(Duration::ZERO, |full_at| full_at.saturating_duration_since(now));
        let wait = (missing + self.interval).saturating_sub(PERIOD);
        if wait.is_zero() {
            return Ok(());
        }
        let text = "With this voter's code more ballots came than are taken in an hour. Try again later.";
        Err(Problem::new(ProblemCode::RateLimited, text).retry_after(wait))
    }

    /// Counts an accepted vote.
    pub fn charge(&self, credential: EncodedPoint, now: Instant) {
        let full_at = &mut *self.lock();
        let charged = full_at.entry(credential).or_insert(now);
        *charged = (*charged).max(now) + self.interval;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<EncodedPoint, Instant>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_used_up_by_what_was_accepted_and_fills_again() {
        let shares = Shares::new(NonZeroU32::new(2).unwrap());
        let (voter, other, now) = (EncodedPoint([1; 32]), EncodedPoint([2; 32]), Instant::now());
        for _ in 0..2 {
            shares.judge(&voter, now).unwrap();
            shares.judge(&voter, now).unwrap();
            shares.charge(voter, now);
        }
        assert_eq!(shares.judge(&voter, now).unwrap_err().code(), "rate_limited");
        shares.judge(&other, now).unwrap();
        let half_an_hour_later = now + PERIOD / 2;
        shares.judge(&voter, half_an_hour_later).unwrap();
        shares.charge(voter, half_an_hour_later);
        assert!(shares.judge(&voter, half_an_hour_later).is_err());
    }
}
