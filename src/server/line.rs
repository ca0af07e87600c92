//! How many payloads may wait at a time: as many as are answered soon. Implements specs/server.md#limits.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long whoever is let in should wait.
const WAIT: Duration = Duration::from_millis(500);

/// As many are let in however few were answered: a board at rest has answered nobody.
const LEAST: usize = 64;

/// Those who wait to be answered.
///
/// In a time in which n are answered n may wait, and each waits about as long (Little's law), whatever it is that takes the time:
/// proofs, the disk, or a sequencer elsewhere that has to number what other fronts take too.
#[derive(Clone)]
pub struct Line(Arc<Shared>);

struct Shared {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: usize,
    /// When the last ones were answered, as far back as it matters.
    answered: VecDeque<Instant>,
}

/// The place of a payload, until this is dropped.
pub struct Place(Line);

impl Line {
    /// A line of so many at most.
    pub fn new(most: NonZeroUsize) -> Self {
        Self(Arc::new(Shared { most: most.get(), state: Mutex::default() }))
    }

    /// A place, unless too many wait.
    pub fn enter(&self, now: Instant) -> Option<Place> {
        let state = &mut *self.lock();
        while state.answered.front().is_some_and(|answered| now.duration_since(*answered) > WAIT) {
            state.answered.pop_front();
        }
        let most = self.0.most;
        if state.waiting >= state.answered.len().clamp(LEAST.min(most), most) {
            return None;
        }
        state.waiting += 1;
        Some(Place(self.clone()))
    }

    /// Whoever had a place is answered.
    fn leave(&self, now: Instant) {
        let state = &mut *self.lock();
        state.waiting -= 1;
        state.answered.push_back(now);
        // More would let in no more.
        if state.answered.len() > self.0.most {
            state.answered.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.leave(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many come; gives how many are let in.
    fn come(line: &Line, count: usize, now: Instant) -> usize {
        (0..count).filter_map(|_| line.enter(now)).map(std::mem::forget).count()
    }

    fn answer(line: &Line, count: usize, now: Instant) {
        (0..count).for_each(|_| line.leave(now));
    }

    #[test]
    fn as_many_wait_as_were_answered_in_the_time_that_they_should_wait() {
        let line = Line::new(NonZeroUsize::new(512).unwrap());
        let begin = Instant::now();
        assert_eq!(come(&line, 1000, begin), LEAST, "nobody was answered yet");
        answer(&line, LEAST, begin);
        assert_eq!(come(&line, 1000, begin), LEAST);
        // Twice as many are answered in the time: twice as many may wait.
        answer(&line, LEAST, begin + WAIT / 2);
        assert_eq!(come(&line, 1000, begin + WAIT / 2), 2 * LEAST);
        // The first ones are forgotten.
        assert_eq!(come(&line, 1000, begin + WAIT * 5 / 4), 0);
        answer(&line, 2 * LEAST, begin + WAIT * 5 / 4);
        assert_eq!(come(&line, 1000, begin + WAIT * 5 / 4), 3 * LEAST);
    }

    #[test]
    fn while_nobody_is_answered_few_are_let_in_and_never_more_than_the_most() {
        let line = Line::new(NonZeroUsize::new(512).unwrap());
        let begin = Instant::now();
        for _ in 0..10 {
            let entered = come(&line, 1000, begin);
            answer(&line, entered, begin);
        }
        assert_eq!(come(&line, 1000, begin), 512);
        answer(&line, 500, begin);
        // Now whoever numbers is held back. The 12 who are left are far from the most.
        let later = begin + WAIT * 2;
        assert_eq!(come(&line, 1000, later), LEAST - 12);
        assert_eq!(come(&line, 1000, later + WAIT * 100), 0);
    }

    #[test]
    fn an_operator_may_allow_fewer() {
        let line = Line::new(NonZeroUsize::new(1).unwrap());
        let place = line.enter(Instant::now());
        assert!(place.is_some() && line.enter(Instant::now()).is_none());
        drop(place);
        assert!(line.enter(Instant::now()).is_some());
    }
}
