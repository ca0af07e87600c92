//! The ballot: its prefix, its tracker and what all ballots of one style share. Implements specs/ballot.md#ballot.
//!
//! A ballot begins as a [`Draft`]. Its [`Prefix`] is fixed before the voter decides, and becomes either a ballot by
//! [`Draft::cast`], which anybody can [verify](Context::verify), or an opened encryption by [`Draft::challenge`].

mod challenge;
mod draft;
mod proof;
mod ranged;

use std::fmt;
use std::sync::Arc;

use curve25519_dalek::traits::IsIdentity;
use thiserror::Error;

pub use self::challenge::{ChallengeFault, Opening};
pub use self::draft::{Draft, DraftFault};
pub(crate) use self::proof::Claim;
pub use self::proof::{BallotFault, VerifiedBallot};
use crate::group::{ENCODED, EncodingFault, Point, decode_point, decode_proper_point, encode_point};
use crate::shape::Shape;
use crate::transcript::Transcript;

/// Bytes of a tracker.
pub const TRACKER: usize = 20;

/// What a ballot says before it is proven: the bytes as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// K, the voter's credential.
    pub credential: [u8; ENCODED],
    /// The tracker of the ballot that this one replaces.
    pub link: Option<[u8; TRACKER]>,
    /// R = r·G.
    pub r: [u8; ENCODED],
    /// `C_j` = `u_j`·G + r·`PK_j`, one for each slot of the style.
    pub ciphertexts: Vec<[u8; ENCODED]>,
    /// B, the commitment to the coordinates.
    pub b: [u8; ENCODED],
}

/// What all ballots of one style share. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Context(Arc<Shared>);

struct Shared {
    shape: Shape,
    keys: Vec<Key>,
    /// The transcripts of a ballot, a challenge and a tracker, up to where the prefix begins.
    ballot: Transcript,
    challenge: Transcript,
    tracker: Transcript,
}

/// The trustees' key of one slot.
pub(crate) struct Key {
    pub(crate) point: Point,
    pub(crate) encoded: [u8; ENCODED],
}

/// Why a shape and keys make no context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ContextFault {
    /// There is not exactly one key for each slot.
    #[error("{keys} keys for {slots} slots")]
    Count {
        /// The keys given.
        keys: usize,
        /// The slots of the shape.
        slots: usize,
    },
    /// A key is the identity: its slot would not be encrypted.
    #[error("a key is the identity")]
    Identity,
}

impl Context {
    /// The context of a style of an election, named by its manifest hash; `keys` are the `PK_j` of the style's slots.
    pub fn new(election: [u8; 32], style: u64, shape: Shape, keys: Vec<Point>) -> Result<Self, ContextFault> {
        if keys.len() != shape.slots().len() {
            return Err(ContextFault::Count { keys: keys.len(), slots: shape.slots().len() });
        }
        if keys.iter().any(IsIdentity::is_identity) {
            return Err(ContextFault::Identity);
        }
        let keys: Vec<Key> = keys.into_iter().map(|point| Key { point, encoded: encode_point(&point) }).collect();

        let shape_digest = shape.digest(style);
        let begin = |label| {
            let mut transcript = Transcript::new(label);
            transcript.absorb("election", &election);
            transcript.absorb("shape", &shape_digest);
            transcript
        };
        let begin_with_keys = |label| {
            let mut transcript: Transcript = begin(label);
            transcript.absorb_points("keys", keys.iter().map(|key| &key.encoded));
            transcript
        };
        Ok(Self(Arc::new(Shared {
            ballot: begin_with_keys("tabella/1/ballot"),
            challenge: begin_with_keys("tabella/1/challenge"),
            tracker: begin("tabella/1/tracker"),
            shape,
            keys,
        })))
    }

    /// The shape of the style's ballots.
    pub fn shape(&self) -> &Shape {
        &self.0.shape
    }

    /// The tracker of a ballot: 20 bytes by which its voter finds it. Implements specs/ballot.md#tracker.
    pub fn tracker(&self, prefix: &Prefix) -> [u8; TRACKER] {
        let mut transcript = self.0.tracker.clone();
        prefix.absorb_voter(&mut transcript);
        prefix.absorb_encryption(&mut transcript);
        let [tracker @ .., _, _, _, _, _, _, _, _, _, _, _, _] = transcript.hash();
        tracker
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.0.keys
    }

    /// The transcript of a ballot after its prefix: the next step is the challenge y.
    fn ballot_transcript(&self, prefix: &Prefix) -> Transcript {
        let mut transcript = self.0.ballot.clone();
        prefix.absorb_voter(&mut transcript);
        prefix.absorb_encryption(&mut transcript);
        transcript
    }

    /// The transcript of a challenge after the prefix.
    fn challenge_transcript(&self, prefix: &Prefix) -> Transcript {
        let mut transcript = self.0.challenge.clone();
        prefix.absorb_voter(&mut transcript);
        prefix.absorb_encryption(&mut transcript);
        transcript
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slots = self.shape().slots().len();
        formatter.debug_struct("Context").field("slots", &slots).finish_non_exhaustive()
    }
}

impl Prefix {
    /// Who votes: the steps "credential" and "link".
    fn absorb_voter(&self, transcript: &mut Transcript) {
        absorb_voter(transcript, &self.credential, self.link.as_ref());
    }

    /// What was encrypted: the steps "ciphertexts" and "B".
    fn absorb_encryption(&self, transcript: &mut Transcript) {
        transcript.absorb_points("ciphertexts", [&self.r].into_iter().chain(&self.ciphertexts));
        transcript.absorb("B", &self.b);
    }
}

/// The steps "credential" and "link", which a draft needs before it has the rest of its prefix.
fn absorb_voter(transcript: &mut Transcript, credential: &[u8; ENCODED], link: Option<&[u8; TRACKER]>) {
    transcript.absorb("credential", credential);
    transcript.absorb("link", link.map_or(&[], |link| link.as_slice()));
}

/// The points of a prefix.
pub(crate) struct PrefixPoints {
    pub(crate) credential: Point,
    pub(crate) r: Point,
    pub(crate) ciphertexts: Vec<Point>,
    pub(crate) b: Point,
}

impl PrefixPoints {
    /// Decodes the points of a prefix, in the order of the specification.
    ///
    /// That K is a proper point is known already of a credential on the roll; it is checked first all the same.
    fn decode(prefix: &Prefix) -> Result<Self, EncodingFault> {
        Ok(Self {
            credential: decode_proper_point(&prefix.credential)?,
            r: decode_point(&prefix.r)?,
            ciphertexts: prefix.ciphertexts.iter().map(decode_point).collect::<Result<_, _>>()?,
            b: decode_point(&prefix.b)?,
        })
    }

    /// The last of the checks of encodings: R is not the identity.
    fn check_identity(&self) -> Result<(), EncodingFault> {
        if self.r.is_identity() { Err(EncodingFault::Identity) } else { Ok(()) }
    }
}
