//! Three clocks: CPU time of the thread that measures, for which other work on the machine does not count; that of other
//! programs; and the time that passes, for what all processors do together.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::param::clock_ticks_per_second;
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

    /// Takes the CPU time of the programs that `work` starts and waits for; gives what it gives.
    pub fn children<T>(&mut self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let before = of_children()?;
        let made = work()?;
        self.0 = self.0.min(of_children()?.saturating_sub(before));
        Ok(made)
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

/// The CPU time of all programs that this one has waited for: fields 16 and 17 of proc_pid_stat(5).
fn of_children() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").context("this system does not tell the CPU time of programs")?;
    // The name of the program, in parentheses, may have any characters.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace().skip(13).take(2);
    let ticks: u64 = fields.map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(Duration::from_secs_f64(ticks as f64 / clock_ticks_per_second() as f64))
}
