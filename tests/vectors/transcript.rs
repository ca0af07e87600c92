//! transcript.json: specs/conventions.md#transcripts.

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_crypto::transcript::Transcript;

use crate::file::{hex, hexes, scalar, vector, with};
use crate::source::Source;

/// Where merlin's state is cut: the bytes that STROBE-128 gives out and takes in.
const RATE: usize = 166;

const META: u8 = 0x12;
const DATA: u8 = 0x02;
const PRF: u8 = 0x07;

pub fn vectors() -> Vec<Value> {
    let mut source = Source::new("transcript");
    let long: Vec<u8> = (0..400_u32).map(|position| position as u8).collect();
    vec![
        strobe("strobe: one message and a challenge", &source.bytes::<32>(), 32),
        strobe("strobe: more than one block in and out", &long, 200),
        merlin("merlin: messages and challenges", &long),
        transcript(&mut source),
    ]
}

/// STROBE-128 with all that it does written down.
struct GlassStrobe {
    state: [u8; 200],
    pos: usize,
    pos_begin: usize,
    steps: Vec<Value>,
}

impl GlassStrobe {
    fn new() -> Self {
        let mut state = [0; 200];
        state[..6].copy_from_slice(&[0x01, 0xa8, 0x01, 0x00, 0x01, 0x60]);
        state[6..18].copy_from_slice(b"STROBEv1.0.2");
        permute(&mut state);
        let mut strobe = Self { state, pos: 0, pos_begin: 0, steps: Vec::new() };
        strobe.note(json!({ "step": "init" }));
        strobe
    }

    fn note(&mut self, step: Value) {
        let after = json!({ "state": hex(self.state), "pos": self.pos, "pos_begin": self.pos_begin });
        self.steps.push(with(step, after));
    }

    fn run_f(&mut self) {
        self.state[self.pos] ^= self.pos_begin as u8;
        self.state[self.pos + 1] ^= 0x04;
        self.state[RATE + 1] ^= 0x80;
        permute(&mut self.state);
        (self.pos, self.pos_begin) = (0, 0);
    }

    fn step(&mut self) {
        self.pos += 1;
        if self.pos == RATE {
            self.run_f();
        }
    }

    fn absorb_silently(&mut self, data: &[u8]) {
        for byte in data {
            self.state[self.pos] ^= byte;
            self.step();
        }
    }

    fn begin_op(&mut self, flags: u8) {
        let old = self.pos_begin as u8;
        self.pos_begin = self.pos + 1;
        self.absorb_silently(&[old, flags]);
        if flags & 0x24 != 0 && self.pos != 0 {
            self.run_f();
        }
        self.note(json!({ "step": "begin_op", "flags": flags }));
    }

    fn absorb(&mut self, data: &[u8]) {
        self.absorb_silently(data);
        self.note(json!({ "step": "absorb", "data": hex(data) }));
    }

    fn squeeze(&mut self, length: usize) -> Vec<u8> {
        let mut output = Vec::with_capacity(length);
        for _ in 0..length {
            output.push(std::mem::take(&mut self.state[self.pos]));
            self.step();
        }
        self.note(json!({ "step": "squeeze", "length": length, "output": hex(&output) }));
        output
    }

    fn append(&mut self, label: &str, data: &[u8]) {
        self.begin_op(META);
        self.absorb(label.as_bytes());
        self.absorb(&(data.len() as u32).to_le_bytes());
        self.begin_op(DATA);
        self.absorb(data);
    }

    fn challenge(&mut self, label: &str, length: usize) -> Vec<u8> {
        self.begin_op(META);
        self.absorb(label.as_bytes());
        self.absorb(&(length as u32).to_le_bytes());
        self.begin_op(PRF);
        self.squeeze(length)
    }
}

fn permute(state: &mut [u8; 200]) {
    let mut lanes = [0; 25];
    for (lane, bytes) in lanes.iter_mut().zip(state.as_chunks().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    keccak::f1600(&mut lanes);
    for (lane, bytes) in lanes.iter().zip(state.as_chunks_mut().0) {
        *bytes = lane.to_le_bytes();
    }
}

fn strobe(name: &str, data: &[u8], length: usize) -> Value {
    let mut glass = GlassStrobe::new();
    glass.begin_op(META);
    glass.absorb(b"Merlin v1.0");
    glass.append("dom-sep", b"tabella/1/example");
    glass.append("label", data);
    let first = glass.challenge("challenge", length);
    let second = glass.challenge("again", 16);

    let mut merlin = merlin::Transcript::new(b"tabella/1/example");
    merlin.append_message(b"label", data);
    assert_eq!(merlin_challenge(&mut merlin, "challenge", length), first);
    assert_eq!(merlin_challenge(&mut merlin, "again", 16), second);
    vector(name, "strobe", json!({ "steps": glass.steps }))
}

fn merlin_challenge(transcript: &mut merlin::Transcript, label: &'static str, length: usize) -> Vec<u8> {
    let mut output = vec![0; length];
    transcript.challenge_bytes(label.as_bytes(), &mut output);
    output
}

fn merlin(name: &str, long: &[u8]) -> Value {
    let mut transcript = merlin::Transcript::new(b"test protocol");
    let mut steps = vec![json!({ "step": "new", "name": "test protocol" })];
    for (label, data) in [("some label", &b"some data"[..]), ("empty", b""), ("long", long)] {
        transcript.append_message(label.as_bytes(), data);
        steps.push(json!({ "step": "append", "label": label, "data": hex(data) }));
        let output = merlin_challenge(&mut transcript, "challenge", 32);
        steps.push(json!({ "step": "challenge", "label": "challenge", "length": 32, "output": hex(output) }));
    }
    for length in [1, 64, 166, 500] {
        let output = merlin_challenge(&mut transcript, "more", length);
        steps.push(json!({ "step": "challenge", "label": "more", "length": length, "output": hex(output) }));
    }
    vector(name, "merlin", json!({ "steps": steps }))
}

fn transcript(source: &mut Source) -> Value {
    let mut transcript = Transcript::new("tabella/1/example");
    let mut steps = Vec::new();
    let mut note = |transcript: &Transcript, step| {
        let mut after = [0; 32];
        transcript.clone().challenge("after", &mut after);
        steps.push(with(step, json!({ "after": hex(after) })));
    };
    note(&transcript, json!({ "step": "transcript", "name": "example" }));
    for data in [&source.bytes::<32>()[..], b""] {
        transcript.absorb("data", data);
        note(&transcript, json!({ "step": "bytes", "label": "data", "data": hex(data) }));
    }
    for value in [0, 1, 0x0102_0304_0506_0708, u64::MAX] {
        transcript.absorb_u64("number", value);
        note(&transcript, json!({ "step": "integer", "label": "number", "value": value }));
    }
    for count in [0, 1, 3] {
        let points: Vec<_> =
            source.scalars(count).iter().map(Point::mul_base).map(|point| encode_point(&point)).collect();
        transcript.absorb_points("points", &points);
        note(&transcript, json!({ "step": "points", "label": "points", "points": hexes(points) }));
    }
    for _ in 0..2 {
        let value: Scalar = transcript.scalar("y");
        note(&transcript, json!({ "step": "scalar", "label": "y", "value": scalar(&value) }));
        let value = transcript.weight("rho");
        note(&transcript, json!({ "step": "weight", "label": "rho", "value": scalar(&value) }));
    }
    let hash = transcript.clone().hash();
    transcript.challenge("hash", &mut [0; 32]);
    note(&transcript, json!({ "step": "hash", "value": hex(hash) }));
    vector("transcript: every step", "transcript", json!({ "steps": steps }))
}
