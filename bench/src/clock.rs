//! CPU time of the thread that measures: other work on the machine does not count.

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
    /// Takes the time of `work`; gives what it gives.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = now();
        let made = work();
        self.0 = self.0.min(now().saturating_sub(before));
        made
    }

    /// Microseconds for each of so many parts.
    pub fn micros_each(self, parts: usize) -> f64 {
        self.0.as_secs_f64() * 1e6 / parts as f64
    }
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
