//! What a monitoring program reads, on a listener of its own. Implements specs/server.md#metrics.

use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Application;
use super::hosted::Hosted;
use crate::bucket::BucketState;
use crate::sequencer::{Role, Snapshot};
use crate::witnessing::{Quorum, WitnessState};

/// The media type of the text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The only place of the listener.
pub(super) fn router(application: &Arc<Application>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Arc::clone(application))
}

async fn metrics(State(application): State<Arc<Application>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-store")], text(&application))
}

/// A metric of an election: its name, its type, what it means, and its value.
type OfElection = (&'static str, &'static str, &'static str, fn(&Hosted, &Snapshot) -> u64);

const OF_ELECTIONS: &[OfElection] = &[
    ("tabella_sequencer", "gauge", "1 if this process is the sequencer of the board.", |hosted, _| {
        hosted.role().is_ok_and(|role| role == Role::Sequencer).into()
    }),
    ("tabella_entries_signed", "gauge", "Entries under the checkpoint that was signed last.", |hosted, snapshot| {
        hosted.received(snapshot)
    }),
    ("tabella_entries_published", "gauge", "Entries under the published checkpoint.", |_, snapshot| snapshot.head.size),
    (
        "tabella_quorum_missing",
        "gauge",
        "1 if entries wait for the quorum of witnesses for too long.",
        |_, snapshot| (snapshot.witnessing.quorum == Quorum::Missing).into(),
    ),
];

/// A metric of a witness: its name, its type, what it means, and its value.
type OfWitness = (&'static str, &'static str, &'static str, fn(&WitnessState) -> u64);

const OF_WITNESSES: &[OfWitness] = &[
    ("tabella_witness_size", "gauge", "Entries under the checkpoint that the witness cosigned last.", |state| {
        state.size
    }),
    ("tabella_witness_cosignatures_total", "counter", "Checkpoints that the witness has cosigned.", |state| {
        state.cosignatures
    }),
    ("tabella_witness_failures_total", "counter", "Times that the witness has not cosigned.", |state| state.failures),
];

/// A metric of a copy in a bucket: its name, its type, what it means, and its value.
type OfBucket = (&'static str, &'static str, &'static str, fn(BucketState) -> u64);

const OF_BUCKETS: &[OfBucket] = &[
    (
        "tabella_bucket_entries",
        "gauge",
        "Entries under the checkpoint in the bucket, of the sequencer; of a front 0.",
        |state| state.size,
    ),
    ("tabella_bucket_failing", "gauge", "1 if the last attempt to copy into the bucket failed.", |state| {
        state.is_failing.into()
    }),
];

fn text(application: &Application) -> String {
    let (mut text, elections) = (String::new(), &application.elections);
    // The one thing to be told of a board that was left out at the start.
    begin(&mut text, "tabella_running", "gauge", "1 if the board takes entries.");
    for (id, hosted) in elections {
        let is_running = hosted.as_ref().is_some_and(|hosted| hosted.current().is_ok());
        let _ = writeln!(text, "tabella_running{{election=\"{id}\"}} {}", u8::from(is_running));
    }
    let elections: Vec<_> = elections.values().flatten().map(|hosted| (hosted, hosted.last())).collect();
    for (name, kind, help, value) in OF_ELECTIONS {
        begin(&mut text, name, kind, help);
        for (hosted, snapshot) in &elections {
            let _ = writeln!(text, "{name}{{election=\"{}\"}} {}", hosted.id(), value(hosted, snapshot));
        }
    }
    for (name, kind, help, value) in OF_WITNESSES {
        begin(&mut text, name, kind, help);
        for (hosted, snapshot) in &elections {
            for state in &snapshot.witnessing.witnesses {
                let (election, witness) = (hosted.id(), label(&state.name));
                let _ = writeln!(text, "{name}{{election=\"{election}\",witness=\"{witness}\"}} {}", value(state));
            }
        }
    }
    for (name, kind, help, value) in OF_BUCKETS {
        begin(&mut text, name, kind, help);
        for (hosted, _) in &elections {
            if let Some(state) = hosted.bucket() {
                let _ = writeln!(text, "{name}{{election=\"{}\"}} {}", hosted.id(), value(state));
            }
        }
    }
    application.answers.write(&mut text);
    text
}

fn begin(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// A name as it can stand between the quotes of a label. It comes from a manifest, and holds no line end.
fn label(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(label("a\"} 1\\"), "a\\\"} 1\\\\");
    }
}
