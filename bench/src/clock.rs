//! Two clocks: CPU time of the thread that measures, for which other work on the machine does not count, and the time that
//! passes, for what all processors do together.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The best of several times that something took.
#[derive(Debug, Clone, Copy)]
pub struct Best(Duration);

impl Default for Best {
    fn default() -> Self {
        Self(Duration::MAX)
    }
}

impl Best {
    /// Takes the CPU time of `work` on this thread; gives what it gives.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.take(ClockId::ThreadCPUTime, work)
    }

    /// Takes the time that passes with `work`, whoever does it; gives what it gives.
    pub fn wait<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.take(ClockId::Monotonic, work)
    }

    fn take<T>(&mut self, clock: ClockId, work: impl FnOnce() -> T) -> T {
        let before = now(clock);
        let made = work();
        self.0 = self.0.min(now(clock).saturating_sub(before));
        made
    }

    /// Microseconds for each of so many parts.
    pub fn micros_each(self, parts: usize) -> f64 {
        self.0.as_secs_f64() * 1e6 / parts as f64
    }

    /// How many of so many parts were done a second.
    pub fn per_second(self, parts: usize) -> f64 {
        parts as f64 / self.0.as_secs_f64()
    }
}

fn now(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
