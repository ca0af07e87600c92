//! The figures, for people and for programs.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::check::Checked;
use super::voting::Part;

/// The shares of requests that were answered within the times that are told.
const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)];

/// All that was measured.
pub(super) struct Report<'a> {
    /// Voters at a time in the first part.
    pub(super) voters: u16,
    /// Voters who came in a second in the second part.
    pub(super) rate: f64,
    /// What it takes to make 4 KiB durable.
    pub(super) sync: Duration,
    /// The load of the machine before.
    pub(super) load: Option<f64>,
    /// Both parts.
    pub(super) parts: &'a [Part; 2],
    /// What was verified at the end.
    pub(super) checked: Checked,
}

impl Report<'_> {
    /// A table.
    pub(super) fn text(&self) -> String {
        let [together, crowd] = self.parts;
        let mut text = String::new();
        let names =
            ["ballots", "seconds", "per second", "p50 ms", "p90 ms", "p99 ms", "max ms", "server µs", "voters µs"];
        let _ = writeln!(text, "{:<32}{}", "", names.map(|name| format!("{name:>11}")).concat());
        let _ = writeln!(text, "{:<32}{}", format!("{} voters at a time", self.voters), row(together));
        let _ = writeln!(text, "{:<32}{}", format!("{:.0} voters in a second", self.rate), row(crowd));
        let refused = &crowd.seen.refused;
        let _ = write!(text, "\nTurned away with 503 and Retry-After: {} times", refused.len());
        if !refused.is_empty() {
            let [_, _, (_, p99), (_, most)] = quantiles(refused);
            let _ = write!(text, ", answered within {} ms (p99) and {} ms", milliseconds(p99), milliseconds(most));
        }
        let longest = crowd.seen.longest.as_secs_f64();
        let _ = writeln!(text, ". Whoever waited longest had her receipt after {longest:.1} s.");
        let Checked { receipts, entries } = self.checked;
        let _ = writeln!(
            text,
            "{receipts} receipts verified; all {entries} entries judged; each accepted ballot stands there once."
        );
        let _ = writeln!(
            text,
            "Cores: {}. Load before: {}. To make 4 KiB durable: {:.2} ms.",
            cores(),
            self.load.map_or_else(|| "unknown".to_owned(), |load| load.to_string()),
            self.sync.as_secs_f64() * 1e3
        );
        text
    }

    /// The same and more as JSON.
    pub(super) fn json(&self) -> Value {
        let [together, crowd] = self.parts;
        json!({
            "cores": cores(),
            "load_before": self.load,
            "sync_milliseconds": self.sync.as_secs_f64() * 1e3,
            "together": { "voters": self.voters, "part": part(together) },
            "crowd": { "voters_per_second": self.rate, "part": part(crowd) },
            "receipts_verified": self.checked.receipts,
            "entries_judged": self.checked.entries,
        })
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, Into::into)
}

fn row(part: &Part) -> String {
    let times = quantiles(&part.seen.accepted).map(|(_, time)| milliseconds(time));
    let cells = [part.ballots.to_string(), format!("{:.1}", part.time.as_secs_f64()), format!("{:.0}", part.rate())];
    let costs = [part.server, part.voters].map(|cost| {
        cost.map_or_else(|| "–".to_owned(), |cost| format!("{:.0}", cost.as_secs_f64() * 1e6 / part.ballots as f64))
    });
    cells.into_iter().chain(times).chain(costs).map(|cell| format!("{cell:>11}")).collect()
}

fn part(part: &Part) -> Value {
    let times = |times: &[Duration]| -> Value {
        if times.is_empty() {
            return Value::Null;
        }
        quantiles(times).map(|(name, time)| (name.to_owned(), json!(time.as_secs_f64() * 1e3))).into_iter().collect()
    };
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    json!({
        "ballots": part.ballots,
        "seconds": part.time.as_secs_f64(),
        "accepted_per_second": part.rate(),
        "accepted_milliseconds": times(&part.seen.accepted),
        "refused_milliseconds": times(&part.seen.refused),
        "longest_wait_seconds": part.seen.longest.as_secs_f64(),
        "answers": part.seen.answers,
        "server_cpu_seconds": seconds(part.server),
        "voters_cpu_seconds": seconds(part.voters),
    })
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e3)
}

/// Within what times such shares were answered; 0 if there was nothing.
fn quantiles(times: &[Duration]) -> [(&'static str, Duration); 4] {
    let mut times = times.to_vec();
    times.sort_unstable();
    SHARES.map(|(name, share)| {
        let place = (times.len() as f64 * share).ceil() as usize;
        (name, times.get(place.saturating_sub(1)).copied().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_what_was_measured() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        let found = quantiles(&times).map(|(_, time)| time.as_millis());
        assert_eq!(found, [100, 180, 198, 200]);
        assert_eq!(quantiles(&[]).map(|(_, time)| time.as_millis()), [0; 4]);
        assert_eq!(quantiles(&times[..1]).map(|(_, time)| time.as_millis()), [200; 4]);
    }
}
