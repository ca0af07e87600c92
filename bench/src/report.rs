//! The figures as a table and as JSON.

use anyhow::Result;
use serde::Serialize;

use crate::contests::Row;
use crate::{belenios, elastic_elgamal, ours, record};

/// Verifying is to cost at most this many times the floor, for contests of at least 10 slots.
const MOST_FLOORS: f64 = 2.0;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What the times are.
    unit: &'static str,
    rows: Vec<Figures>,
    records: Vec<RecordFigures>,
}

/// One line of the table; times in microseconds of CPU a ballot.
#[derive(Debug, Serialize)]
pub struct Figures {
    name: String,
    kind: &'static str,
    slots: usize,
    coordinates: usize,
    batch: usize,
    /// Of the ballot's entry.
    bytes: usize,
    encrypt: f64,
    verify: f64,
    floor: f64,
    /// Verifying, in floors.
    floors: f64,
    /// The verifier's own judging, from the payload on.
    verifier: f64,
    /// That, in floors.
    verifier_floors: f64,
    /// Whether the target for `floors` is met; `null` where there is none.
    target_met: Option<bool>,
    a_second: Rates,
    elastic_elgamal: Option<PeerFigures>,
}

/// Ballots a second, of one thread by its CPU time, of all threads together by the time that passes.
#[derive(Debug, Serialize)]
pub struct Rates {
    threads: usize,
    encrypt: [f64; 2],
    verify: [f64; 2],
    verifier: [f64; 2],
    /// The most memory in bytes that the process had while the verifier judged with all threads.
    memory: Option<u64>,
}

/// The peer's, and how many times as much as ours they are.
#[derive(Debug, Serialize)]
pub struct PeerFigures {
    bytes: usize,
    encrypt: f64,
    verify: f64,
    bytes_ratio: f64,
    encrypt_ratio: f64,
    verify_ratio: f64,
}

/// A whole record, by the programs that verify one; times in microseconds of CPU a ballot.
#[derive(Debug, Serialize)]
pub struct RecordFigures {
    name: String,
    ballots: usize,
    /// Of the record, a ballot.
    bytes: f64,
    verify: f64,
    belenios: Option<BeleniosFigures>,
}

/// `belenios-tool election verify` on an election with the same question.
#[derive(Debug, Serialize)]
pub struct BeleniosFigures {
    ballots: usize,
    verify: f64,
    verify_ratio: f64,
}

impl Figures {
    /// What was measured of a row.
    pub fn new(row: &Row, ours: &ours::Bench, peer: Option<&elastic_elgamal::Bench>) -> Result<Self> {
        let bytes = ours.bytes()?;
        let (slots, coordinates) = ours.size();
        let floors = ours.verify() / ours.floor();
        let verifier_floors = ours.observe() / ours.floor();
        Ok(Self {
            name: row.name.clone(),
            kind: row.contest.kind.name(),
            slots,
            coordinates,
            batch: ours.batch(),
            bytes,
            encrypt: ours.encrypt(),
            verify: ours.verify(),
            floor: ours.floor(),
            floors,
            verifier: ours.observe(),
            verifier_floors,
            target_met: row.has_target.then_some(floors <= MOST_FLOORS),
            a_second: Rates::new(ours),
            elastic_elgamal: peer.map(|peer| PeerFigures {
                bytes: peer.bytes(),
                encrypt: peer.encrypt(),
                verify: peer.verify(),
                bytes_ratio: peer.bytes() as f64 / bytes as f64,
                encrypt_ratio: peer.encrypt() / ours.encrypt(),
                verify_ratio: peer.verify() / ours.verify(),
            }),
        })
    }
}

impl Rates {
    fn new(ours: &ours::Bench) -> Self {
        let crowd = ours.crowd();
        let of_one = |micros: f64| 1e6 / micros;
        Self {
            threads: crowd.threads(),
            encrypt: [of_one(ours.encrypt()), crowd.encrypt()],
            verify: [of_one(ours.verify()), crowd.verify(ours.batch())],
            verifier: [of_one(ours.observe()), crowd.observe()],
            memory: crowd.memory(),
        }
    }
}

impl RecordFigures {
    /// What was measured of a record, and of the peer's where it is installed.
    pub fn new(name: &str, ours: &record::Bench, peer: Option<&belenios::Bench>) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            ballots: ours.ballots(),
            bytes: ours.bytes()?,
            verify: ours.verify(),
            belenios: peer.map(|peer| BeleniosFigures {
                ballots: peer.ballots(),
                verify: peer.verify(),
                verify_ratio: peer.verify() / ours.verify(),
            }),
        })
    }
}

impl Report {
    /// A report of these lines.
    pub fn new(rows: Vec<Figures>, records: Vec<RecordFigures>) -> Self {
        Self { unit: "microseconds of CPU time of one thread, a ballot", rows, records }
    }

    /// A table for people.
    pub fn text(&self) -> String {
        let mut text = format!("Times: {}.\n\n", self.unit);
        text += &format!(
            "{:<44} {:>6} {:>6} {:>7} {:>9} {:>9} {:>8} {:>7} {:>9} {:>7}\n",
            "contest", "slots", "coord.", "bytes", "encrypt", "verify", "floor", "floors", "verifier", "floors"
        );
        for row in &self.rows {
            let mark = match row.target_met {
                Some(false) => " (above the target of 2)",
                _ => "",
            };
            text += &format!(
                "{:<44} {:>6} {:>6} {:>7} {:>9.0} {:>9.1} {:>8.1} {:>7.2} {:>9.1} {:>7.2}{mark}\n",
                row.name,
                row.slots,
                row.coordinates,
                row.bytes,
                row.encrypt,
                row.verify,
                row.floor,
                row.floors,
                row.verifier,
                row.verifier_floors
            );
        }
        text += &self.rates();
        let compared: Vec<(&Figures, &PeerFigures)> =
            self.rows.iter().filter_map(|row| Some((row, row.elastic_elgamal.as_ref()?))).collect();
        if !compared.is_empty() {
            text += &format!(
                "\n{:<44} {:>7} {:>9} {:>9}   times ours: {:>5} {:>8} {:>7}\n",
                "elastic-elgamal 0.3", "bytes", "encrypt", "verify", "bytes", "encrypt", "verify"
            );
        }
        for (row, peer) in compared {
            text += &format!(
                "{:<44} {:>7} {:>9.0} {:>9.0}               {:>5.1} {:>8.1} {:>7.1}\n",
                row.name,
                peer.bytes,
                peer.encrypt,
                peer.verify,
                peer.bytes_ratio,
                peer.encrypt_ratio,
                peer.verify_ratio
            );
        }
        text + &self.whole_records()
    }

    /// The table of what is done in a second.
    fn rates(&self) -> String {
        let threads = self.rows.first().map_or(0, |row| row.a_second.threads);
        let mut text = format!("\nBallots a second: of one thread, and of all {threads}.\n\n");
        let all = format!("× {threads}");
        text += &format!(
            "{:<44} {:>9} {all:>9} {:>9} {all:>9} {:>9} {all:>9} {:>6}\n",
            "contest", "encrypt", "verify", "verifier", "MiB"
        );
        for Figures { name, a_second: Rates { encrypt, verify, verifier, memory, .. }, .. } in &self.rows {
            text += &format!("{name:<44}");
            for rate in [encrypt, verify, verifier].into_iter().flatten() {
                text += &format!(" {rate:>9.0}");
            }
            text += &memory.map_or_else(|| format!(" {:>6}\n", "–"), |bytes| format!(" {:>6}\n", bytes >> 20));
        }
        text
    }

    /// The table of whole records.
    fn whole_records(&self) -> String {
        if self.records.is_empty() {
            return String::new();
        }
        let mut text = format!(
            "\nWhole records: bytes and time of the verifier, a ballot{}\n\n{:<44} {:>7} {:>9} {:>9} {:>9} {:>9} {:>7}\n",
            if self.records.iter().any(|record| record.belenios.is_some()) {
                ", beside belenios-tool, which computes with integers of 2048 bits."
            } else {
                " (belenios-tool is not installed: nothing stands beside it)."
            },
            "contest",
            "ballots",
            "bytes",
            "verifier",
            "ballots",
            "Belenios",
            "times"
        );
        for RecordFigures { name, ballots, bytes, verify, belenios } in &self.records {
            text += &format!("{name:<44} {ballots:>7} {bytes:>9.0} {verify:>9.1}");
            text += &match belenios {
                Some(peer) => format!(" {:>9} {:>9.0} {:>7.0}\n", peer.ballots, peer.verify, peer.verify_ratio),
                None => format!(" {0:>9} {0:>9} {0:>7}\n", "–"),
            };
        }
        text
    }
}
