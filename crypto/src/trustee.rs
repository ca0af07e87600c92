//! A trustee's secrets through the rounds of the key ceremony. Implements specs/ceremony.md.
//!
//! ```text
//! commit ─▶ CommitSecret ─deal─▶ DealSecret ─confirm─▶ ConfirmSecret ─finish─▶ KeyShare
//! ```
//!
//! Each step takes the secret of the step before by value, and gives the next together with what the trustee publishes.
//! Between the steps lie hours: each secret can be written to the trustee's key file and read again. Write it, and what
//! is to be published, before publishing: a step done twice draws anew, and two dealings of one trustee are one too many.

mod key_file;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rand_core::CryptoRng;
use thiserror::Error;

use crate::dealing::{self, Attempt, DealRound, Dealing, DealingFault, OpenFault};
use crate::envelope::{self, EnvelopeKey, TAG};
use crate::group::{ENCODED, Point, Scalar, encode_point};
use crate::knowledge::KnowledgeProof;
use crate::polynomial::{Index, Polynomials, ShareVector};
use crate::qualified::ElectionKeys;
use crate::secret::SecretScalars;

/// Why a trustee cannot take its next step: what it was given does not fit what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StepFault {
    /// The round, a dealing or the keys belong to another attempt or round than the secret.
    #[error("this belongs to another round than the trustee's secret")]
    OtherRound,
    /// The trustee was left out.
    #[error("the trustee was left out")]
    LeftOut,
    /// A recipient's envelope key is missing.
    #[error("the envelope key of trustee {} is missing", .0.get())]
    NoEnvelopeKey(Index),
    /// Two dealings of one dealer.
    #[error("there are two dealings of trustee {}", .0.get())]
    RepeatedDealer(Index),
    /// A dealer is qualified whose share this trustee does not have.
    #[error("the share from trustee {} is missing", .0.get())]
    NoShare(Index),
    /// The shares do not add up to this trustee's public share.
    #[error("the trustee's shares do not match its public share")]
    ShareMismatch,
    /// The trustee's own dealing does not verify: its computer is broken.
    #[error("the trustee's own dealing is wrong: {0}")]
    SelfCheck(DealingFault),
}

/// What a trustee publishes in the first round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The hash of all its A.
    pub commitment: [u8; 32],
    /// The public envelope keys, one for each other trustee as a dealer.
    pub envelope_keys: BTreeMap<Index, [u8; ENCODED]>,
}

/// What a trustee keeps after committing: its polynomials and envelope keys.
#[derive(Debug)]
pub struct CommitSecret {
    attempt: Attempt,
    trustee: Index,
    polynomials: Polynomials,
    envelope_keys: BTreeMap<Index, EnvelopeKey>,
}

impl CommitSecret {
    /// Draws polynomials and, for each other of `trustees` as a dealer, an envelope key. Implements
    /// specs/ceremony.md#commit.
    pub fn draw(
        attempt: Attempt,
        trustee: Index,
        trustees: &BTreeSet<Index>,
        rng: &mut impl CryptoRng,
    ) -> (Self, Commitment) {
        let polynomials = Polynomials::random(attempt.parameters, rng);
        let dealers = trustees.iter().filter(|dealer| **dealer != trustee);
        let envelope_keys: BTreeMap<_, _> = dealers.map(|dealer| (*dealer, EnvelopeKey::random(rng))).collect();
        let secret = Self { attempt, trustee, polynomials, envelope_keys };
        let published = secret.commitment();
        (secret, published)
    }

    /// What the trustee publishes of this secret.
    pub fn commitment(&self) -> Commitment {
        let public = |(dealer, key): (&Index, &EnvelopeKey)| (*dealer, encode_point(&key.public()));
        Commitment {
            commitment: dealing::commitment(&self.attempt, self.trustee, &self.points()),
            envelope_keys: self.envelope_keys.iter().map(public).collect(),
        }
    }

    /// Deals to all who are still in, and gives the dealing's bytes. Implements specs/ceremony.md#deal.
    ///
    /// `envelope_keys` are the keys that the recipients made for this dealer.
    pub fn deal(
        self,
        round: &DealRound,
        envelope_keys: &BTreeMap<Index, Point>,
        rng: &mut impl CryptoRng,
    ) -> Result<(DealSecret, Vec<u8>), StepFault> {
        if round.attempt != self.attempt {
            return Err(StepFault::OtherRound);
        }
        if !round.trustees.contains(&self.trustee) {
            return Err(StepFault::LeftOut);
        }
        let points = self.points();
        let commitment = dealing::commitment(&self.attempt, self.trustee, &points);
        let constant_terms = self.polynomials.constant_terms();
        let proof = KnowledgeProof::prove(round, self.trustee, &points, &constant_terms, rng);

        let mut dealing = Vec::with_capacity(round.dealing_length(self.trustee));
        dealing.extend_from_slice(points.as_flattened());
        dealing.extend_from_slice(proof.encode().as_flattened());
        for recipient in round.recipients(self.trustee) {
            let key = envelope_keys.get(&recipient).ok_or(StepFault::NoEnvelopeKey(recipient))?;
            let context = round.envelope_context(self.trustee, recipient, commitment);
            let share = self.polynomials.evaluate(recipient).scalars().encode(TAG);
            let envelope = envelope::seal(&context, key, share, rng);
            dealing.extend_from_slice(&encode_point(&envelope.ephemeral));
            dealing.extend_from_slice(&envelope.ciphertext);
        }
        Dealing::verify(&dealing, round, self.trustee, &commitment).map_err(StepFault::SelfCheck)?;

        let secret = DealSecret {
            attempt: self.attempt,
            history: round.history,
            trustee: self.trustee,
            own_share: self.polynomials.evaluate(self.trustee),
            envelope_keys: self.envelope_keys,
        };
        Ok((secret, dealing))
    }

    fn points(&self) -> Vec<[u8; ENCODED]> {
        self.polynomials.commitments().iter().map(encode_point).collect()
    }
}

/// What a trustee keeps after dealing: the share that it dealt to itself, and its envelope keys.
#[derive(Debug)]
pub struct DealSecret {
    attempt: Attempt,
    history: [u8; 32],
    trustee: Index,
    own_share: ShareVector,
    envelope_keys: BTreeMap<Index, EnvelopeKey>,
}

/// What a trustee publishes in the third round.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Confirmation {
    /// The hashes of the dealings from which it has a good share.
    pub confirmed: BTreeMap<Index, [u8; 32]>,
    /// Its secret envelope keys for the dealers who gave it a bad one. Nothing but a bad share reveals a key.
    pub complaints: BTreeMap<Index, [u8; ENCODED]>,
}

impl DealSecret {
    /// Opens the envelopes of all complete dealings, and confirms each or complains of it. Implements
    /// specs/ceremony.md#confirm.
    ///
    /// The trustee's own dealing may be among them. The envelope keys are wiped.
    pub fn confirm(self, dealings: &[&Dealing]) -> Result<(ConfirmSecret, Confirmation), StepFault> {
        let mut confirmation = Confirmation::default();
        let mut shares = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for dealing in dealings {
            let dealer = dealing.dealer();
            let round = dealing.round();
            if round.attempt != self.attempt || round.history != self.history {
                return Err(StepFault::OtherRound);
            }
            if !seen.insert(dealer) {
                return Err(StepFault::RepeatedDealer(dealer));
            }
            if dealer == self.trustee {
                continue;
            }
            let key = self.envelope_keys.get(&dealer).ok_or(StepFault::NoEnvelopeKey(dealer))?;
            match dealing.open(self.trustee, key) {
                Ok(share) => {
                    confirmation.confirmed.insert(dealer, dealing.hash());
                    shares.insert(dealer, share);
                }
                Err(OpenFault::BadShare) => {
                    confirmation.complaints.insert(dealer, *key.reveal());
                }
                Err(OpenFault::NoEnvelope) => return Err(StepFault::LeftOut),
            }
        }
        shares.insert(self.trustee, self.own_share);
        let secret = ConfirmSecret { attempt: self.attempt, trustee: self.trustee, shares };
        Ok((secret, confirmation))
    }
}

/// What a trustee keeps after confirming: the good shares, by dealer.
#[derive(Debug)]
pub struct ConfirmSecret {
    attempt: Attempt,
    trustee: Index,
    shares: BTreeMap<Index, ShareVector>,
}

impl ConfirmSecret {
    /// Adds up the shares from the qualified dealers, and checks the sums against the trustee's public shares.
    /// Implements specs/ceremony.md#keys.
    pub fn finish(self, keys: &ElectionKeys) -> Result<KeyShare, StepFault> {
        if *keys.attempt() != self.attempt {
            return Err(StepFault::OtherRound);
        }
        let public_shares = keys.public_shares(self.trustee).ok_or(StepFault::LeftOut)?;
        let share = |dealer| self.shares.get(&dealer).ok_or(StepFault::NoShare(dealer));
        let shares = keys.qualified().map(share).collect::<Result<Vec<_>, _>>()?;

        let slots = self.attempt.parameters.slots();
        let sum = |slot| shares.iter().filter_map(|share| share.scalars().get(slot)).sum::<Scalar>();
        let scalars = SecretScalars::collect(slots, (0..slots).map(sum));
        if !public_shares.iter().copied().eq(scalars.iter().map(Point::mul_base)) {
            return Err(StepFault::ShareMismatch);
        }
        Ok(KeyShare { trustee: self.trustee, keys_hash: keys.hash(), scalars })
    }
}

/// A trustee's share of the election's secret keys: x_{ij} for each slot j. Wiped when dropped.
pub struct KeyShare {
    trustee: Index,
    keys_hash: [u8; 32],
    scalars: SecretScalars,
}

impl KeyShare {
    /// Whose share it is.
    pub fn trustee(&self) -> Index {
        self.trustee
    }

    /// The hash of the keys to which the share belongs.
    pub fn keys_hash(&self) -> [u8; 32] {
        self.keys_hash
    }

    /// x_{ij} for slots j = 1..k.
    pub(crate) fn scalars(&self) -> &SecretScalars {
        &self.scalars
    }
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyShare").field("trustee", &self.trustee).finish_non_exhaustive()
    }
}
