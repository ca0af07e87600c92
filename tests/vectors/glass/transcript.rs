//! Transcripts over the crate merlin. Follows specs/conventions.md#transcripts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tabella_crypto::group::{Point, Scalar, encode_point};

/// Something that a prover hashes in another way than the specification says.
pub struct Lie {
    /// The transcript's name.
    pub transcript: String,
    /// The label under which other bytes are absorbed; nothing if the transcript itself has another name.
    pub label: Option<String>,
    /// Which of the values of this label, from 1.
    pub number: usize,
    /// Whether it was told.
    pub told: bool,
}

thread_local! {
    /// The lie that the provers of this thread tell, if they tell one.
    pub static LIE: RefCell<Option<Lie>> = const { RefCell::new(None) };
}

/// May be copied where a proof is made on the side.
#[derive(Clone)]
pub struct Transcript {
    merlin: merlin::Transcript,
    name: &'static str,
    /// How many values were absorbed under each label.
    absorbed: BTreeMap<&'static str, usize>,
}

impl Transcript {
    /// `label` is the name with "tabella/1/" before it.
    pub fn new(label: &'static str) -> Self {
        let name = label.trim_start_matches("tabella/1/");
        let label = if is_lied_about(name, None, 1) { "tabella/1/another" } else { label };
        Self { merlin: merlin::Transcript::new(label.as_bytes()), name, absorbed: BTreeMap::new() }
    }

    pub fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        let number = self.absorbed.entry(label).or_default();
        *number += 1;
        let mut bytes = bytes.to_vec();
        if is_lied_about(self.name, Some(label), *number) {
            match bytes.first_mut() {
                Some(first) => *first ^= 1,
                None => bytes.push(0),
            }
        }
        self.merlin.append_message(label.as_bytes(), &bytes);
    }

    pub fn absorb_u64(&mut self, label: &'static str, value: u64) {
        self.absorb(label, &value.to_le_bytes());
    }

    pub fn absorb_points(&mut self, label: &'static str, points: &[Point]) {
        self.absorb(label, &points.iter().flat_map(encode_point).collect::<Vec<u8>>());
    }

    pub fn scalar(&mut self, label: &'static str) -> Scalar {
        let mut wide = [0; 64];
        self.merlin.challenge_bytes(label.as_bytes(), &mut wide);
        Scalar::from_bytes_mod_order_wide(&wide)
    }

    pub fn weight(&mut self, label: &'static str) -> Scalar {
        let mut short = [0; 16];
        self.merlin.challenge_bytes(label.as_bytes(), &mut short);
        Scalar::from(u128::from_le_bytes(short))
    }

    pub fn hash(mut self) -> [u8; 32] {
        let mut hash = [0; 32];
        self.merlin.challenge_bytes(b"hash", &mut hash);
        hash
    }
}

fn is_lied_about(transcript: &str, label: Option<&str>, number: usize) -> bool {
    LIE.with_borrow_mut(|lie| {
        let Some(lie) = lie else { return false };
        let is_this = lie.transcript == transcript && lie.label.as_deref() == label && lie.number == number;
        lie.told |= is_this;
        is_this
    })
}
