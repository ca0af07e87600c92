//! Ballots and challenges that are refused: specs/ballot.md#ballot and #challenge.

use serde_json::Value;
use tabella_crypto::group::{Point, Scalar, decode_point, encode_point};
use tabella_election::message::{Ballot, Challenge, encode};
use tabella_election::text::Tracker;
use tabella_election::{Code, EncodedPoint, EncodedScalar, Kind, Signature};

use super::submission::Submission;
use crate::answer::Answer::Chosen;
use crate::cbor::{Value as Cbor, bytes, integer};
use crate::ceremony::put;
use crate::glass::ballot::{Draft, Masks, Style, Vote};
use crate::glass::dealing::ORDER;
use crate::scene::Scene;
use crate::source::Source;
use crate::stories::OPENED;
use crate::story::StoryVoter;

pub const NO_POINT: [u8; 32] = [0xff; 32];

pub fn vectors(source: &mut Source) -> Vec<Value> {
    let polling = Polling::new(source);
    let mut vectors = polling.bad_ballots(source);
    vectors.extend(polling.bad_challenges());
    vectors
}

/// A moment of the voting: voter 0 has cast one ballot and wants to replace it, voter 1 has opened one.
struct Polling {
    scene: Scene,
    voter: StoryVoter,
    style: Style,
    head: [u8; 20],
    used: Vec<[u8; 32]>,
    first: Ballot,
    vote: Vote,
    draft: Draft,
    masks: Masks,
    kappa_a: Scalar,
}

impl Polling {
    fn new(source: &mut Source) -> Self {
        let mut scene = OPENED.scene.clone();
        let (voter, other) = (OPENED.voters[0], OPENED.voters[1]);
        let style = OPENED.style(voter.style);
        let answers = vec![Chosen(&[1]), Chosen(&[1, 2]), Chosen(&[1])];
        let coordinates = OPENED.coordinates(voter.style, &answers);
        let draw = |source: &mut Source, kappa, link| {
            let vote = Vote::draw(source, kappa, link, coordinates.clone());
            let draft = style.draft(&vote);
            (vote, draft, Masks::draw(source, &style.shape))
        };
        let (vote, draft, masks) = draw(source, voter.kappa, None);
        let first = OPENED.ballot(voter.style, &vote, &draft, &style.prove(&vote, &draft, &masks));
        scene.submit(Kind::Ballot, &encode(&first));
        let head = draft.tracker();

        let (vote, checked, _) = draw(source, other.kappa, None);
        let opening = style.challenge(&vote, &checked, &source.scalar());
        scene.submit(Kind::Challenge, &encode(&OPENED.challenge(other.style, &vote, &checked, &opening)));

        let used = vec![encode_point(&draft.r), encode_point(&checked.r)];
        let (vote, draft, masks) = draw(source, voter.kappa, Some(head));
        Self { scene, voter, head, used, first, vote, draft, masks, kappa_a: source.scalar(), style }
    }

    fn ballot(&self) -> Ballot {
        self.proven(&self.vote)
    }

    /// A ballot of whatever is to be voted.
    fn proven(&self, vote: &Vote) -> Ballot {
        let draft = self.style.draft(vote);
        OPENED.ballot(self.voter.style, vote, &draft, &self.style.prove(vote, &draft, &self.masks))
    }

    fn challenge(&self) -> Challenge {
        self.opened(&self.vote)
    }

    fn opened(&self, vote: &Vote) -> Challenge {
        let draft = self.style.draft(vote);
        let opening = self.style.challenge(vote, &draft, &self.kappa_a);
        OPENED.challenge(self.voter.style, vote, &draft, &opening)
    }

    fn bad_ballots(&self, source: &mut Source) -> Vec<Value> {
        let right = self.ballot();
        let changed = |change: &dyn Fn(&mut Ballot)| {
            let mut ballot = right.clone();
            change(&mut ballot);
            encode(&ballot)
        };
        let slot = |ballot: &mut Ballot, contest: u64, place: usize, value: [u8; 32]| {
            let points = ballot.prefix.contests.get_mut(&contest).unwrap();
            *points = put(points, place, value).into();
        };
        let response =
            |place: usize, value: [u8; 32]| changed(&|ballot| ballot.proof = put(&ballot.proof, place, value).into());
        let at = self.style.layout();
        let stranger = EncodedPoint(encode_point(&Point::mul_base(&source.scalar())));
        let other = OPENED.voters[7];
        let point = encode_point(&Point::mul_base(&source.scalar()));
        let scalar = source.scalar().to_bytes();
        let old = &self.first;
        let with_coordinates = |change: &dyn Fn(&mut Vec<u64>)| {
            let mut vote = self.vote.clone();
            change(&mut vote.coordinates);
            encode(&self.proven(&vote))
        };
        let identity_r = Vote { r: Scalar::ZERO, ..self.vote.clone() };
        let value = Cbor::decode(&encode(&right));
        let elements = value.elements();
        let swapped = changed(&|ballot| {
            let (one, two) = (ballot.prefix.contests[&0][..32].to_vec(), ballot.prefix.contests[&0][32..64].to_vec());
            slot(ballot, 0, 0, two.try_into().unwrap());
            slot(ballot, 0, 32, one.try_into().unwrap());
        });
        let shifted = changed(&|ballot| {
            // One vote more for option 1: a ciphertext can be moved without any secret, its proof cannot.
            let c = decode_point(ballot.prefix.contests[&0].first_chunk().unwrap()).unwrap();
            slot(ballot, 0, 0, encode_point(&(c + Point::mul_base(&Scalar::ONE))));
        });
        let cases = [
            ("good", encode(&right), None),
            ("empty", Vec::new(), Some(Code::PayloadMalformed)),
            ("trailing byte", [encode(&right), vec![0]].concat(), Some(Code::PayloadMalformed)),
            ("link of 19 bytes", value.put(1, bytes([0; 19])).encode(), Some(Code::PayloadMalformed)),
            ("R of 31 bytes", value.put(2, bytes([0; 31])).encode(), Some(Code::PayloadMalformed)),
            ("contests as an array", value.put(3, Cbor::Array(vec![])).encode(), Some(Code::PayloadMalformed)),
            (
                "negative contest",
                value.put(3, Cbor::Map(vec![(integer(-1), bytes([0; 32]))])).encode(),
                Some(Code::PayloadMalformed),
            ),
            ("contests not ascending", value.put(3, reversed(&elements[3])).encode(), Some(Code::PayloadMalformed)),
            ("five elements", Cbor::Array(elements[..5].to_vec()).encode(), Some(Code::PayloadMalformed)),
            (
                "unknown credential",
                changed(&|ballot| ballot.prefix.credential = stranger),
                Some(Code::CredentialUnknown),
            ),
            (
                "credential no point",
                changed(&|ballot| ballot.prefix.credential = EncodedPoint(NO_POINT)),
                Some(Code::CredentialUnknown),
            ),
            (
                "unknown contest",
                changed(&|ballot| drop(ballot.prefix.contests.insert(5, vec![0; 32].into()))),
                Some(Code::ContestUnknown),
            ),
            (
                "unknown contest, another missing",
                changed(&|ballot| {
                    ballot.prefix.contests.remove(&0);
                    ballot.prefix.contests.insert(u64::MAX, vec![0; 32].into());
                }),
                Some(Code::ContestUnknown),
            ),
            ("contest missing", changed(&|ballot| drop(ballot.prefix.contests.remove(&2))), Some(Code::ContestSet)),
            (
                "contest of another style",
                changed(&|ballot| drop(ballot.prefix.contests.insert(4, vec![0; 32].into()))),
                Some(Code::ContestSet),
            ),
            ("no contest", changed(&|ballot| ballot.prefix.contests.clear()), Some(Code::ContestSet)),
            ("a ciphertext too few", changed(&|ballot| truncate(ballot, 1, 96)), Some(Code::BallotLength)),
            ("ciphertexts of 127 bytes", changed(&|ballot| truncate(ballot, 1, 127)), Some(Code::BallotLength)),
            (
                "ciphertexts moved between contests",
                changed(&|ballot| {
                    let moved = ballot.prefix.contests[&1][..32].to_vec();
                    *ballot.prefix.contests.get_mut(&1).unwrap() = ballot.prefix.contests[&1][32..].to_vec().into();
                    let longer = [&ballot.prefix.contests[&0][..], &moved].concat();
                    *ballot.prefix.contests.get_mut(&0).unwrap() = longer.into();
                }),
                Some(Code::BallotLength),
            ),
            (
                "a response too few",
                changed(&|ballot| ballot.proof = ballot.proof[32..].to_vec().into()),
                Some(Code::BallotLength),
            ),
            (
                "a byte too many in the proof",
                changed(&|ballot| ballot.proof = [&ballot.proof[..], &[0]].concat().into()),
                Some(Code::BallotLength),
            ),
            ("empty proof", changed(&|ballot| ballot.proof = Vec::new().into()), Some(Code::BallotLength)),
            ("no link", changed(&|ballot| ballot.prefix.link = None), Some(Code::LinkStale)),
            ("another link", changed(&|ballot| ballot.prefix.link = Some(Tracker([1; 20]))), Some(Code::LinkStale)),
            ("the first ballot again", encode(old), Some(Code::LinkStale)),
            (
                "link where there is no head",
                changed(&|ballot| ballot.prefix.credential = EncodedPoint(other.credential())),
                Some(Code::LinkStale),
            ),
            ("R of the ballot before", changed(&|ballot| ballot.prefix.r = old.prefix.r), Some(Code::RReused)),
            ("R of a challenge", changed(&|ballot| ballot.prefix.r = EncodedPoint(self.used[1])), Some(Code::RReused)),
            ("R no point", changed(&|ballot| ballot.prefix.r = EncodedPoint(NO_POINT)), Some(Code::PointInvalid)),
            ("C no point", changed(&|ballot| slot(ballot, 2, 32, NO_POINT)), Some(Code::PointInvalid)),
            ("B no point", changed(&|ballot| ballot.prefix.b = EncodedPoint(NO_POINT)), Some(Code::PointInvalid)),
            ("T no point", response(at.t, NO_POINT), Some(Code::PointInvalid)),
            ("T0 no point", response(at.t0, NO_POINT), Some(Code::PointInvalid)),
            ("S no point", response(at.s, NO_POINT), Some(Code::PointInvalid)),
            ("K_a no point", response(at.k_a, NO_POINT), Some(Code::PointInvalid)),
            ("f no scalar", response(at.f, ORDER), Some(Code::ScalarInvalid)),
            ("z no scalar", response(at.z, ORDER), Some(Code::ScalarInvalid)),
            ("eta no scalar", response(at.eta, ORDER), Some(Code::ScalarInvalid)),
            ("omega no scalar", response(at.omega, [0xff; 32]), Some(Code::ScalarInvalid)),
            (
                "K_a no point and f no scalar",
                changed(&|ballot| {
                    ballot.proof = put(&put(&ballot.proof, at.k_a, NO_POINT), at.f, ORDER).into();
                }),
                Some(Code::PointInvalid),
            ),
            ("R the identity", encode(&self.proven(&identity_r)), Some(Code::IdentityPoint)),
            (
                "R the identity, z no scalar",
                changed(&|ballot| {
                    ballot.prefix.r = EncodedPoint([0; 32]);
                    ballot.proof = put(&ballot.proof, at.z, ORDER).into();
                }),
                Some(Code::ScalarInvalid),
            ),
            ("another R", changed(&|ballot| ballot.prefix.r = EncodedPoint(point)), Some(Code::ProofInvalid)),
            ("one vote more", shifted, Some(Code::ProofInvalid)),
            ("ciphertexts exchanged", swapped, Some(Code::ProofInvalid)),
            ("another B", changed(&|ballot| ballot.prefix.b = EncodedPoint(point)), Some(Code::ProofInvalid)),
            ("another T", response(at.t, point), Some(Code::ProofInvalid)),
            ("another T0", response(at.t0, point), Some(Code::ProofInvalid)),
            ("another S", response(at.s, point), Some(Code::ProofInvalid)),
            ("another K_a", response(at.k_a, point), Some(Code::ProofInvalid)),
            ("another f", response(at.f + 32, scalar), Some(Code::ProofInvalid)),
            ("another z", response(at.z, scalar), Some(Code::ProofInvalid)),
            ("another eta", response(at.eta, scalar), Some(Code::ProofInvalid)),
            ("another omega", response(at.omega, scalar), Some(Code::ProofInvalid)),
            (
                "all of the proof zero",
                changed(&|ballot| ballot.proof = vec![0; ballot.proof.len()].into()),
                Some(Code::ProofInvalid),
            ),
            ("two options where one is allowed", with_coordinates(&|b| b[1] = 1), Some(Code::ProofInvalid)),
            ("a bit that is 2", with_coordinates(&|b| b[0] = 2), Some(Code::ProofInvalid)),
            ("blank beside an option", with_coordinates(&|b| b[2] = 1), Some(Code::ProofInvalid)),
            ("signed by another voter", encode(&self.by_another()), Some(Code::ProofInvalid)),
        ];
        cases.into_iter().map(|(name, payload, expected)| self.bad(Kind::Ballot, name, payload, expected)).collect()
    }

    /// The ballot of one voter under the credential of another.
    fn by_another(&self) -> Ballot {
        let mut draft = self.style.draft(&self.vote);
        draft.credential = self.voter.credential();
        let vote = Vote { kappa: OPENED.voters[1].kappa, ..self.vote.clone() };
        OPENED.ballot(self.voter.style, &vote, &draft, &self.style.prove(&vote, &draft, &self.masks))
    }

    fn bad_challenges(&self) -> Vec<Value> {
        let right = self.challenge();
        let changed = |change: &dyn Fn(&mut Challenge)| {
            let mut challenge = right.clone();
            change(&mut challenge);
            encode(&challenge)
        };
        let signature = |place: usize, value: [u8; 32]| {
            changed(&|challenge| {
                challenge.signature = Signature(put(&challenge.signature.0, place, value).try_into().unwrap());
            })
        };
        let with_coordinates = |change: &dyn Fn(&mut Vec<u64>)| {
            let mut vote = self.vote.clone();
            change(&mut vote.coordinates);
            encode(&self.opened(&vote))
        };
        let point = encode_point(&Point::mul_base(&Scalar::from(7_u64)));
        let scalar = Scalar::from(7_u64).to_bytes();
        let value = Cbor::decode(&encode(&right));
        let identity_r = Vote { r: Scalar::ZERO, ..self.vote.clone() };
        let other_link = Vote { link: Some([3; 20]), ..self.vote.clone() };
        let by_another = Challenge {
            prefix: right.prefix.clone(),
            ..self.opened(&Vote { kappa: OPENED.voters[1].kappa, ..self.vote.clone() })
        };
        let slot = |contest: u64, value: [u8; 32]| {
            changed(&|challenge| {
                let points = challenge.prefix.contests.get_mut(&contest).unwrap();
                *points = put(points, 0, value).into();
            })
        };
        let cases = [
            ("good", encode(&right), None),
            ("the link is not compared", encode(&self.opened(&other_link)), None),
            ("signature of 63 bytes", value.put(7, bytes([0; 63])).encode(), Some(Code::PayloadMalformed)),
            ("opening as bytes", value.put(5, bytes([0; 8])).encode(), Some(Code::PayloadMalformed)),
            (
                "negative coordinate",
                value.put(5, Cbor::Array(vec![integer(-1)])).encode(),
                Some(Code::PayloadMalformed),
            ),
            (
                "unknown credential",
                changed(&|challenge| challenge.prefix.credential = EncodedPoint(point)),
                Some(Code::CredentialUnknown),
            ),
            (
                "unknown contest",
                changed(&|challenge| drop(challenge.prefix.contests.insert(9, vec![].into()))),
                Some(Code::ContestUnknown),
            ),
            (
                "contest missing",
                changed(&|challenge| drop(challenge.prefix.contests.remove(&0))),
                Some(Code::ContestSet),
            ),
            (
                "a ciphertext too few",
                changed(&|challenge| *challenge.prefix.contests.get_mut(&2).unwrap() = vec![0; 32].into()),
                Some(Code::BallotLength),
            ),
            ("a coordinate too few", changed(&|challenge| challenge.opening.truncate(1)), Some(Code::BallotLength)),
            ("a coordinate too many", changed(&|challenge| challenge.opening.push(0)), Some(Code::BallotLength)),
            ("R of a ballot", changed(&|challenge| challenge.prefix.r = self.first.prefix.r), Some(Code::RReused)),
            ("R no point", changed(&|challenge| challenge.prefix.r = EncodedPoint(NO_POINT)), Some(Code::PointInvalid)),
            ("C no point", slot(1, NO_POINT), Some(Code::PointInvalid)),
            ("B no point", changed(&|challenge| challenge.prefix.b = EncodedPoint(NO_POINT)), Some(Code::PointInvalid)),
            ("K_a no point", signature(0, NO_POINT), Some(Code::PointInvalid)),
            ("r no scalar", changed(&|challenge| challenge.r_opened = EncodedScalar(ORDER)), Some(Code::ScalarInvalid)),
            ("omega no scalar", signature(32, ORDER), Some(Code::ScalarInvalid)),
            ("R the identity", encode(&self.opened(&identity_r)), Some(Code::IdentityPoint)),
            ("a bit that is 2", with_coordinates(&|b| b[0] = 2), Some(Code::OpeningInvalid)),
            (
                "a coordinate of 64 bits",
                changed(&|challenge| challenge.opening[0] = u64::MAX),
                Some(Code::OpeningInvalid),
            ),
            ("two options where one is allowed", with_coordinates(&|b| b[1] = 1), Some(Code::OpeningInvalid)),
            (
                "another vote than encrypted",
                changed(&|challenge| challenge.opening.swap(0, 1)),
                Some(Code::OpeningInvalid),
            ),
            ("another r", changed(&|challenge| challenge.r_opened = EncodedScalar(scalar)), Some(Code::OpeningInvalid)),
            ("another R", changed(&|challenge| challenge.prefix.r = EncodedPoint(point)), Some(Code::OpeningInvalid)),
            ("another C", slot(0, point), Some(Code::OpeningInvalid)),
            (
                "another B",
                changed(&|challenge| challenge.prefix.b = EncodedPoint(point)),
                Some(Code::ChallengeSignature),
            ),
            (
                "another link than signed",
                changed(&|challenge| challenge.prefix.link = None),
                Some(Code::ChallengeSignature),
            ),
            ("another K_a", signature(0, point), Some(Code::ChallengeSignature)),
            ("another omega", signature(32, scalar), Some(Code::ChallengeSignature)),
            ("signed by another voter", encode(&by_another), Some(Code::ChallengeSignature)),
        ];
        assert_eq!(encode_point(&self.draft.r), right.prefix.r.0);
        cases.into_iter().map(|(name, payload, expected)| self.bad(Kind::Challenge, name, payload, expected)).collect()
    }

    fn bad(&self, kind: Kind, name: &str, payload: Vec<u8>, expected: Option<Code>) -> Value {
        // The head is that of the credential in the payload.
        let credential = payload.get(3..35).unwrap_or(&[]);
        let head = (credential == self.voter.credential()).then_some(self.head);
        let submission = Submission { scene: &self.scene, roll: &OPENED.voters, head, used: &self.used };
        submission.bad(&OPENED, kind, name, payload, expected)
    }
}

fn truncate(ballot: &mut Ballot, contest: u64, length: usize) {
    let points = ballot.prefix.contests.get_mut(&contest).unwrap();
    *points = points[..length].to_vec().into();
}

fn reversed(map: &Cbor) -> Cbor {
    let Cbor::Map(pairs) = map else { panic!("not a map") };
    Cbor::Map(pairs.iter().rev().cloned().collect())
}
