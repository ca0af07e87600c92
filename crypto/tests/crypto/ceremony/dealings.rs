//! Dealings with one thing changed, and dealings replayed elsewhere.

use tabella_crypto::dealing::{Attempt, DealRound, Dealing, DealingFault, OpenFault, commitment};
use tabella_crypto::group::{EncodingFault, Point, Scalar, encode_point};
use tabella_crypto::polynomial::{Index, Parameters};
use tabella_crypto::transcript::Transcript;
use tabella_crypto::trustee::StepFault;

use super::{Committed, Dealt, index, rng};

const SLOTS: usize = 3;
const THRESHOLD: usize = 2;
const POINTS: usize = 32 * SLOTS * THRESHOLD;
const W: usize = POINTS;
const Z: usize = POINTS + 32;
const ENVELOPES: usize = POINTS + 64;
const ENVELOPE: usize = 32 + 32 * SLOTS + 16;

const INVALID: [u8; 32] = [0xff; 32];
const IDENTITY: [u8; 32] = [0; 32];
const POINT: DealingFault = DealingFault::Encoding(EncodingFault::Point);
const SCALAR: DealingFault = DealingFault::Encoding(EncodingFault::Scalar);
const IDENTITY_POINT: DealingFault = DealingFault::Encoding(EncodingFault::Identity);

fn dealt() -> Dealt {
    Dealt::new(3, THRESHOLD, SLOTS)
}

fn other_point() -> [u8; 32] {
    encode_point(&Point::mul_base(&Scalar::from(77_u64)))
}

/// The bytes of trustee 1's dealing with some parts replaced.
fn altered(dealt: &Dealt, parts: &[(usize, [u8; 32])]) -> Vec<u8> {
    let mut bytes = dealt.bytes[&index(1)].clone();
    for (start, part) in parts {
        bytes[*start..start + 32].copy_from_slice(part);
    }
    bytes
}

/// Verifies as trustee 1's dealing.
fn verify(dealt: &Dealt, bytes: &[u8]) -> Result<Dealing, DealingFault> {
    Dealing::verify(bytes, dealt.round(), index(1), &dealt.committed.commitment(index(1)))
}

#[test]
fn each_part_of_a_dealing_is_checked() {
    let dealt = dealt();
    for (part, start, replacement, expected) in [
        ("first A", 0, INVALID, POINT),
        ("last A", POINTS - 32, INVALID, POINT),
        ("W", W, INVALID, POINT),
        ("first A", 0, IDENTITY, IDENTITY_POINT),
        ("last A", POINTS - 32, IDENTITY, IDENTITY_POINT),
        ("z", Z, INVALID, SCALAR),
        ("first E", ENVELOPES, INVALID, POINT),
        ("last E", ENVELOPES + ENVELOPE, INVALID, POINT),
        ("first E", ENVELOPES, IDENTITY, IDENTITY_POINT),
        ("last E", ENVELOPES + ENVELOPE, IDENTITY, IDENTITY_POINT),
        ("first A", 0, other_point(), DealingFault::Commitment),
        ("last A", POINTS - 32, other_point(), DealingFault::Commitment),
        ("W", W, other_point(), DealingFault::Proof),
        ("W", W, IDENTITY, DealingFault::Proof),
        ("z", Z, Scalar::ONE.to_bytes(), DealingFault::Proof),
        ("z", Z, Scalar::ZERO.to_bytes(), DealingFault::Proof),
    ] {
        let fault = verify(&dealt, &altered(&dealt, &[(start, replacement)])).err();
        assert_eq!(fault, Some(expected), "{part} replaced by {replacement:02x?}");
    }
}

#[test]
fn faults_are_found_in_the_order_of_the_spec() {
    let dealt = dealt();
    // Each has every fault of those after it.
    let faults = [
        ((W, INVALID), POINT),
        ((0, IDENTITY), IDENTITY_POINT),
        ((Z, INVALID), SCALAR),
        ((ENVELOPES + ENVELOPE, INVALID), POINT),
        ((ENVELOPES, IDENTITY), IDENTITY_POINT),
        ((32, other_point()), DealingFault::Commitment),
    ];
    for (first, (_, expected)) in faults.iter().enumerate() {
        let parts: Vec<_> = faults[first..].iter().map(|(part, _)| *part).collect();
        assert_eq!(verify(&dealt, &altered(&dealt, &parts)).err(), Some(*expected), "from fault {first} on");
    }
}

#[test]
fn a_dealing_has_one_length() {
    let dealt = dealt();
    let bytes = &dealt.bytes[&index(1)];
    let expected = bytes.len();
    for found in [0, 1, 31, POINTS, Z, ENVELOPES, ENVELOPES + ENVELOPE, expected - 32, expected - 1] {
        assert_eq!(verify(&dealt, &bytes[..found]).err(), Some(DealingFault::Length { expected, found }));
    }
    for surplus in [1, 32, ENVELOPE] {
        let longer = [bytes.as_slice(), &vec![0; surplus]].concat();
        let found = expected + surplus;
        assert_eq!(verify(&dealt, &longer).err(), Some(DealingFault::Length { expected, found }));
    }
}

#[test]
fn another_envelope_is_another_dealing_and_does_not_open() {
    let dealt = dealt();
    let honest = dealt.dealing(index(1));
    let last = altered(&dealt, &[]).len() - 1;
    let mut damaged = altered(&dealt, &[]);
    damaged[last] ^= 1;
    for bytes in [altered(&dealt, &[(ENVELOPES + ENVELOPE, other_point())]), damaged] {
        let dealing = verify(&dealt, &bytes).unwrap();
        assert_ne!(dealing.hash(), honest.hash());
        let secret = Dealt::new(3, THRESHOLD, SLOTS).secrets.remove(&index(3)).unwrap();
        assert_eq!(secret.confirm(&[&dealing]).unwrap().1.complaints.len(), 1);
    }
}

#[test]
fn swapped_envelopes_do_not_open() {
    let dealt = dealt();
    let mut bytes = altered(&dealt, &[]);
    let (first, second) = bytes[ENVELOPES..].split_at_mut(ENVELOPE);
    first.swap_with_slice(second);
    let dealing = verify(&dealt, &bytes).unwrap();
    for (recipient, secret) in dealt.secrets.into_iter().skip(1) {
        let (_, confirmation) = secret.confirm(&[&dealing]).unwrap();
        assert!(confirmation.complaints.contains_key(&index(1)), "{recipient:?} has the other's envelope");
    }
}

/// Rounds that differ from the honest one in one thing.
fn other_rounds(round: &DealRound) -> [DealRound; 3] {
    let with = |attempt: Attempt| DealRound { attempt, ..round.clone() };
    [
        with(Attempt { election: [9; 32], ..round.attempt }),
        with(Attempt { number: 2, ..round.attempt }),
        DealRound { history: [9; 32], ..round.clone() },
    ]
}

#[test]
fn a_dealing_cannot_be_replayed() {
    let dealt = dealt();
    let bytes = &dealt.bytes[&index(1)];
    let commitment = dealt.committed.commitment(index(1));
    let [election, number, history] = other_rounds(dealt.round());
    for (round, dealer, expected) in [
        (&election, index(1), DealingFault::Commitment),
        (&number, index(1), DealingFault::Commitment),
        (&history, index(1), DealingFault::Proof),
        (dealt.round(), index(2), DealingFault::Commitment),
    ] {
        assert_eq!(Dealing::verify(bytes, round, dealer, &commitment).err(), Some(expected), "{round:?} {dealer:?}");
    }
}

/// The commitment that a dealer would have had to publish for a replay to pass.
fn adapted_commitment(round: &DealRound, dealer: Index, bytes: &[u8]) -> [u8; 32] {
    commitment(&round.attempt, dealer, bytes[..POINTS].as_chunks().0)
}

#[test]
fn the_proof_of_knowledge_is_bound_to_its_round_and_dealer() {
    let dealt = dealt();
    let bytes = &dealt.bytes[&index(1)];
    let rounds = other_rounds(dealt.round()).map(|round| (round, index(1)));
    for (round, dealer) in rounds.into_iter().chain([(dealt.round().clone(), index(2))]) {
        let commitment = adapted_commitment(&round, dealer, bytes);
        let fault = Dealing::verify(bytes, &round, dealer, &commitment).err();
        assert_eq!(fault, Some(DealingFault::Proof), "{round:?} {dealer:?}");
    }
}

#[test]
fn the_proof_of_knowledge_is_bound_to_all_points() {
    let dealt = dealt();
    for point in 0..SLOTS * THRESHOLD {
        let bytes = altered(&dealt, &[(32 * point, other_point())]);
        let commitment = adapted_commitment(dealt.round(), index(1), &bytes);
        let fault = Dealing::verify(&bytes, dealt.round(), index(1), &commitment).err();
        assert_eq!(fault, Some(DealingFault::Proof), "point {point}");
    }
}

#[test]
fn constant_terms_cannot_cancel_in_the_proof() {
    let dealt = dealt();
    let dealing = dealt.dealing(index(1));
    let delta = Point::mul_base(&Scalar::from(5_u64));
    let slot = |slot: usize| dealing.commitments()[slot * THRESHOLD];
    let parts = [(0, encode_point(&(slot(0) + delta))), (32 * THRESHOLD, encode_point(&(slot(1) - delta)))];
    let bytes = altered(&dealt, &parts);
    let commitment = adapted_commitment(dealt.round(), index(1), &bytes);
    let fault = Dealing::verify(&bytes, dealt.round(), index(1), &commitment).err();
    assert_eq!(fault, Some(DealingFault::Proof));
}

/// The transcript of the proof of knowledge before W, written after the specification.
fn transcript_before_w(points: &[u8]) -> Transcript {
    let mut transcript = Transcript::new("tabella/1/deal");
    transcript.absorb("election", &[1; 32]);
    transcript.absorb("attempt", &1_u64.to_le_bytes());
    transcript.absorb("history", &[2; 32]);
    transcript.absorb("dealer", &1_u64.to_le_bytes());
    transcript.absorb("points", points);
    transcript
}

#[test]
fn w_is_hashed_before_the_challenge() {
    let dealt = dealt();
    let dealing = dealt.dealing(index(1));
    let mut transcript = transcript_before_w(&dealt.bytes[&index(1)][..POINTS]);
    let weights: Vec<_> = (0..SLOTS).map(|_| transcript.weight("w")).collect();
    let challenge = transcript.scalar("c");
    let constant_terms = dealing.commitments().iter().step_by(THRESHOLD);
    let sum: Point = constant_terms.zip(weights).map(|(point, weight)| point * weight).sum();
    // A proof without knowledge: any z, and the W that solves the equation.
    let response = Scalar::from(5_u64);
    let nonce = Point::mul_base(&response) - sum * challenge;
    let forged = altered(&dealt, &[(W, encode_point(&nonce)), (Z, response.to_bytes())]);
    assert_eq!(verify(&dealt, &forged).err(), Some(DealingFault::Proof));
}

#[test]
fn other_parameters_call_for_other_lengths_or_points() {
    let dealt = dealt();
    let bytes = &dealt.bytes[&index(1)];
    let round = |slots, threshold| {
        let parameters = Parameters::new(slots, threshold).unwrap();
        DealRound { attempt: Attempt { parameters, ..dealt.round().attempt }, ..dealt.round().clone() }
    };
    for round in [round(SLOTS, THRESHOLD + 1), round(SLOTS + 1, THRESHOLD)] {
        let expected = round.dealing_length(index(1));
        let fault = Dealing::verify(bytes, &round, index(1), &dealt.committed.commitment(index(1))).err();
        assert_eq!(fault, Some(DealingFault::Length { expected, found: bytes.len() }));
    }
}

#[test]
fn a_commitment_is_bound_to_attempt_dealer_and_points() {
    let attempt = super::attempt(SLOTS, THRESHOLD);
    let points = [other_point(), Scalar::ONE.to_bytes()];
    let honest = commitment(&attempt, index(1), &points);
    for other in [
        commitment(&Attempt { election: [9; 32], ..attempt }, index(1), &points),
        commitment(&Attempt { number: 2, ..attempt }, index(1), &points),
        commitment(&attempt, index(2), &points),
        commitment(&attempt, index(1), &[points[1], points[0]]),
        commitment(&attempt, index(1), &points[..1]),
    ] {
        assert_ne!(other, honest);
    }
}

#[test]
fn the_dealing_hash_follows_the_spec() {
    let dealt = dealt();
    let mut transcript = Transcript::new("tabella/1/dealing");
    transcript.absorb("election", &[1; 32]);
    transcript.absorb("attempt", &1_u64.to_le_bytes());
    transcript.absorb("dealer", &2_u64.to_le_bytes());
    transcript.absorb("dealing", &dealt.bytes[&index(2)]);
    assert_eq!(dealt.dealing(index(2)).hash(), transcript.hash());
}

#[test]
fn a_trustee_deals_only_in_its_own_round() {
    let step = |alter: fn(&mut DealRound), drop_key: bool| {
        let mut committed = Committed::new(3, THRESHOLD, SLOTS);
        let mut keys = committed.envelope_keys(index(1));
        alter(&mut committed.round);
        if drop_key {
            keys.remove(&index(3));
        }
        let secret = committed.secrets.remove(&index(1)).unwrap();
        secret.deal(&committed.round, &keys, &mut rng(1)).err()
    };
    assert_eq!(step(|_| (), false), None);
    assert_eq!(step(|round| round.attempt.number = 2, false), Some(StepFault::OtherRound));
    assert_eq!(step(|round| round.attempt.election = [9; 32], false), Some(StepFault::OtherRound));
    assert_eq!(step(|round| round.trustees.retain(|trustee| *trustee != index(1)), false), Some(StepFault::LeftOut));
    assert_eq!(step(|_| (), true), Some(StepFault::NoEnvelopeKey(index(3))));
}

#[test]
fn a_trustee_confirms_only_dealings_of_its_round_once() {
    let confirm = |dealings: &[&Dealing]| {
        let secret = dealt().secrets.remove(&index(2)).unwrap();
        secret.confirm(dealings).map(|(_, confirmation)| confirmation).err()
    };
    let dealing = dealt().dealing(index(1));
    let mut committed = Committed::new(3, THRESHOLD, SLOTS);
    committed.round.history = [9; 32];
    let of_another_round = committed.deal().dealing(index(1));
    let of_another_attempt = Committed::new(3, THRESHOLD, SLOTS + 1).deal().dealing(index(1));
    let mut committed = Committed::new(3, THRESHOLD, SLOTS);
    committed.round.trustees.remove(&index(2));
    committed.secrets.remove(&index(2));
    let without_this_trustee = committed.deal().dealing(index(1));

    assert_eq!(confirm(&[&dealing, &dealt().dealing(index(2))]), None);
    assert_eq!(confirm(&[&dealing, &dealing]), Some(StepFault::RepeatedDealer(index(1))));
    assert_eq!(confirm(&[&of_another_round]), Some(StepFault::OtherRound));
    assert_eq!(confirm(&[&of_another_attempt]), Some(StepFault::OtherRound));
    assert_eq!(confirm(&[&without_this_trustee]), Some(StepFault::LeftOut));
}

#[test]
fn the_dealer_itself_has_no_envelope() {
    let dealing = dealt().dealing(index(1));
    let key = tabella_crypto::envelope::EnvelopeKey::random(&mut rng(1));
    assert_eq!(dealing.open(index(1), &key).err(), Some(OpenFault::NoEnvelope));
}
