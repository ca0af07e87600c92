//! Ballots and challenges.

use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::message::{Ballot, Challenge, Prefix, Roll, Voter, encode};
use tabella_election::text::Tracker;
use tabella_election::{Code, Kind};

use super::spec::{self, Field};
use super::{Fields, lying, two_kinds};
use crate::glass::ballot::{Draft, Masks, Style, Vote};
use crate::glass::encoding::encode as encode_shape;
use crate::scene::samples::{self, GUESTS, MEMBERS};
use crate::scene::{Scene, resigned};
use crate::soundness::style_of;
use crate::source::Source;

/// The first option, and 400 of 1,000 to the first of two.
const COORDINATES: [u64; 2] = [1, 400];

pub(super) fn forge(fields: &mut Fields) {
    let scene = scene();
    let style = style_of(&scene, MEMBERS);
    let vote = vote("a ballot", None);
    let draft = style.draft(&vote);
    honest(&scene, &style);
    for field in spec::of("ballot") {
        let payload = lying(&field, || cast(&style, &vote, &draft));
        fields.payload(&field, Code::ProofInvalid, &scene, Kind::Ballot, &payload);
    }
    for field in spec::of("challenge") {
        let payload = lying(&field, || challenge(&style, &vote, &draft));
        fields.payload(&field, Code::ChallengeSignature, &scene, Kind::Challenge, &payload);
    }
    shapes(fields, &scene, &vote);
    trackers(fields, scene, &style);
}

/// The prover is believed as long as it does not lie.
fn honest(scene: &Scene, style: &Style) {
    let mut scene = scene.clone();
    let checked = vote("a challenge", None);
    scene.accept(Kind::Challenge, &challenge(style, &checked, &style.draft(&checked)));
    let counted = vote("a ballot", None);
    scene.accept(Kind::Ballot, &cast(style, &counted, &style.draft(&counted)));
}

/// The ballot's transcript has the digest of another shape.
fn shapes(fields: &mut Fields, scene: &Scene, vote: &Vote) {
    let [style, guests] = [MEMBERS, GUESTS].map(|index| style_of(scene, index));
    let [own, other] = [encode_shape(&style.shape), encode_shape(&guests.shape)];
    let digest = |encoding: &[u8]| {
        let mut transcript = crate::glass::transcript::Transcript::new("tabella/1/shape");
        transcript.absorb_u64("style", MEMBERS);
        transcript.absorb("shape", encoding);
        transcript.hash()
    };
    assert_eq!(digest(&own), style.shape.digest(MEMBERS));
    for field in spec::of("shape") {
        let mut draft = style.draft(vote);
        draft.shape_digest = lying(&field, || digest(&own));
        fields.payload(&field, Code::ProofInvalid, scene, Kind::Ballot, &cast(&style, vote, &draft));
    }
    let mut draft = style.draft(vote);
    draft.shape_digest = digest(&other);
    let field = Field { transcript: "shape".to_owned(), label: Some("shape".to_owned()), number: 2 };
    fields.payload(&field, Code::ProofInvalid, scene, Kind::Ballot, &cast(&style, vote, &draft));
}

/// The second ballot names the first by a tracker that was made in another way.
fn trackers(fields: &mut Fields, mut scene: Scene, style: &Style) {
    let first = vote("a ballot", None);
    let draft = style.draft(&first);
    scene.accept(Kind::Ballot, &cast(style, &first, &draft));
    let replaced = |tracker: [u8; 20]| {
        let vote = vote("a ballot in its place", Some(tracker));
        cast(style, &vote, &style.draft(&vote))
    };
    assert_eq!(scene.clone().send(Kind::Ballot, &replaced(draft.tracker())), Ok(()));
    for field in spec::of("tracker") {
        let tracker = lying(&field, || style.draft(&first)).tracker();
        fields.payload(&field, Code::LinkStale, &scene, Kind::Ballot, &replaced(tracker));
    }
}

fn kappa() -> Scalar {
    Scalar::from(0x91a55_u64)
}

/// The voting is open, and the voter of glass is a member.
fn scene() -> Scene {
    let mut scene = Scene::new(two_kinds());
    scene.play_to(Kind::Roll);
    scene.draw_voters(&[(1, GUESTS)]);
    let roll = resigned::<Roll>(&scene.control(Kind::Roll), &samples::registrar(), |roll| {
        let credential = encode_point(&Point::mul_base(&kappa())).into();
        roll.voters.push(Voter { credential, weight: 1, style: MEMBERS });
        roll.voters.sort_by_key(|voter| voter.credential);
    });
    scene.accept(Kind::Roll, &roll);
    scene.provide(Kind::Open);
    scene
}

fn vote(label: &str, link: Option<[u8; 20]>) -> Vote {
    Vote::draw(&mut Source::new(label), kappa(), link, COORDINATES.to_vec())
}

fn prefix(vote: &Vote, draft: &Draft) -> Prefix {
    let ciphertexts = |slots: &[Point]| slots.iter().flat_map(encode_point).collect::<Vec<u8>>().into();
    let (chair, funds) = draft.ciphertexts.split_at(2);
    Prefix {
        credential: draft.credential.into(),
        link: vote.link.map(Tracker),
        r: encode_point(&draft.r).into(),
        contests: [(0, ciphertexts(chair)), (1, ciphertexts(funds))].into(),
        b: encode_point(&draft.b).into(),
    }
}

fn cast(style: &Style, vote: &Vote, draft: &Draft) -> Vec<u8> {
    let masks = Masks::draw(&mut Source::new("masks"), &style.shape);
    encode(&Ballot { prefix: prefix(vote, draft), proof: style.prove(vote, draft, &masks).bytes.into() })
}

fn challenge(style: &Style, vote: &Vote, draft: &Draft) -> Vec<u8> {
    let signature = style.challenge(vote, draft, &Scalar::from(7_u64)).signature;
    encode(&Challenge {
        prefix: prefix(vote, draft),
        opening: vote.coordinates.clone(),
        r_opened: vote.r.to_bytes().into(),
        signature: signature.into(),
    })
}
