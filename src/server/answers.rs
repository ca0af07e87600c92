//! How requests were answered since the start, for whoever watches the server. Implements specs/server.md#metrics.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The upper ends of the histogram's buckets, in milliseconds.
const BUCKETS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/// Counted by place. Places are patterns, so there are only so many of them whatever is asked for.
#[derive(Default)]
pub(super) struct Answers(Mutex<BTreeMap<Place, Answered>>);

/// A method and the pattern of a path; `-` where there is nothing.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    method: &'static str,
    route: String,
}

/// What a place has answered.
#[derive(Default)]
struct Answered {
    by_status: BTreeMap<u16, u64>,
    /// How many took as long as a bucket and no longer; those that took longer than any are not in them.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    time: Duration,
}

impl Answers {
    /// Counts an answer, given after so much time.
    pub(super) fn count(&self, method: &'static str, route: &str, status: u16, time: Duration) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = places.entry(Place { method, route: route.to_owned() }).or_default();
        *answered.by_status.entry(status).or_default() += 1;
        for (bucket, end) in answered.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(time <= Duration::from_millis(end));
        }
        answered.count += 1;
        answered.time += time;
    }

    /// The lines of both metrics.
    pub(super) fn write(&self, text: &mut String) {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = "tabella_answers_total";
        let _ = writeln!(text, "# HELP {name} Requests that were answered with this status.\n# TYPE {name} counter");
        for (Place { method, route }, answered) in &*places {
            for (status, count) in &answered.by_status {
                let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
                let _ = writeln!(text, "{name}{{{labels}}} {count}");
            }
        }
        let name = "tabella_answer_seconds";
        let _ = writeln!(text, "# HELP {name} Time until requests were answered.\n# TYPE {name} histogram");
        for (Place { method, route }, Answered { buckets, count, time, .. }) in &*places {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            for (bucket, end) in buckets.iter().zip(BUCKETS) {
                let end = Duration::from_millis(end).as_secs_f64();
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{end}\"}} {bucket}");
            }
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}", time.as_secs_f64());
            let _ = writeln!(text, "{name}_count{{{labels}}} {count}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_all_that_were_as_fast() {
        let answers = Answers::default();
        for (status, milliseconds) in [(200, 10), (200, 11), (503, 20_000)] {
            answers.count("GET", "/{id}/status", status, Duration::from_millis(milliseconds));
        }
        let mut text = String::new();
        answers.write(&mut text);
        for line in [
            "tabella_answers_total{method=\"GET\",route=\"/{id}/status\",status=\"200\"} 2",
            "tabella_answers_total{method=\"GET\",route=\"/{id}/status\",status=\"503\"} 1",
            "tabella_answer_seconds_bucket{method=\"GET\",route=\"/{id}/status\",le=\"0.005\"} 0",
            "tabella_answer_seconds_bucket{method=\"GET\",route=\"/{id}/status\",le=\"0.01\"} 1",
            "tabella_answer_seconds_bucket{method=\"GET\",route=\"/{id}/status\",le=\"10\"} 2",
            "tabella_answer_seconds_bucket{method=\"GET\",route=\"/{id}/status\",le=\"+Inf\"} 3",
            "tabella_answer_seconds_sum{method=\"GET\",route=\"/{id}/status\"} 20.021",
            "tabella_answer_seconds_count{method=\"GET\",route=\"/{id}/status\"} 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
