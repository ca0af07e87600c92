//! Ballots, changed in one thing.

use std::sync::Arc;

use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::message::{Ballot, decode};
use tabella_election::text::Tracker;
use tabella_election::{Code, Kind};

use super::encodings::ORDER;
use super::{IDENTITY, NEITHER, Subject, Table, overwrite};
use crate::scene::Scene;
use crate::scene::samples::{GUESTS, MEMBERS, guest_vote, manifest, member_vote};

/// 2^255 − 19, the prime of the field: what no encoding of a point reaches.
const PRIME: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

/// Slots of the contests "chair" and "seats".
const SLOTS: [usize; 2] = [4, 4];

/// Free bits of a member's ballot.
const BITS: usize = 8;

pub(super) fn forge(table: &mut Table) {
    fields(table);
    links(table);
    used(table);
    phases(table);
}

/// A point that is not what it should be.
pub(super) fn other_point() -> [u8; 32] {
    encode_point(&Point::mul_base(&Scalar::from(5_u64)))
}

/// The encoding of −s where that of a point is s: the canonical one of the two is even, this one is odd.
pub(super) fn negated(encoded: [u8; 32]) -> [u8; 32] {
    subtracted(PRIME, encoded)
}

/// The encoding of the same scalar, plus q.
pub(super) fn above_order(encoded: [u8; 32]) -> [u8; 32] {
    let zero_minus = subtracted([0; 32], ORDER);
    subtracted(encoded, zero_minus)
}

/// `left − right` of 256 bits, lowest byte first.
fn subtracted(left: [u8; 32], right: [u8; 32]) -> [u8; 32] {
    let mut borrow = 0_u16;
    std::array::from_fn(|place| {
        let difference = 0x100 + u16::from(left[place]) - u16::from(right[place]) - borrow;
        borrow = 1 - (difference >> 8);
        difference.to_le_bytes()[0]
    })
}

/// Encodings of no point, beside one of a point.
pub(super) fn bad_points(encoded: [u8; 32]) -> [(&'static str, [u8; 32]); 4] {
    let mut high = encoded;
    high[31] |= 0x80;
    [("all ones", NEITHER), ("the prime", PRIME), ("negative", negated(encoded)), ("with a high bit", high)]
}

/// Encodings of no scalar, beside one of a scalar.
pub(super) fn bad_scalars(encoded: [u8; 32]) -> [(&'static str, [u8; 32]); 3] {
    [("all ones", NEITHER), ("q", ORDER), ("q more", above_order(encoded))]
}

pub(super) fn at(bytes: &[u8], place: usize) -> [u8; 32] {
    bytes[32 * place..32 * (place + 1)].try_into().unwrap()
}

/// The names of the elements of a proof, in order: four points, then scalars.
fn elements() -> Vec<String> {
    let bits = (1..=BITS).map(|bit| format!("f_{bit}"));
    let points = ["T", "T0", "S", "K_a"].map(str::to_owned).into_iter();
    points.chain(bits).chain(["z", "η", "ω"].map(str::to_owned)).collect()
}

fn fields(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS), (1, MEMBERS)]);
    scene.vote(2, &member_vote(Some(0), &[1]));
    let payload = scene.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    let (guest, member) = (scene.voters[1].1.credential, scene.voters[2].1.credential);
    let scene = Arc::new(scene);
    let mut subject = table.vote::<Ballot>(&scene, Kind::Ballot, &payload);
    subject
        .with("another K", Code::CredentialUnknown, |ballot| ballot.prefix.credential.0 = other_point())
        .with("a K that is no point", Code::CredentialUnknown, |ballot| ballot.prefix.credential.0 = NEITHER)
        .with("a K that is the identity", Code::CredentialUnknown, |ballot| ballot.prefix.credential.0 = IDENTITY)
        .with("a guest's K", Code::ContestSet, |ballot| ballot.prefix.credential = guest)
        .with("another member's K", Code::LinkStale, |ballot| ballot.prefix.credential = member);
    contests(&mut subject);
    lengths(&mut subject);
    prefix_points(&mut subject);
    proof_elements(&mut subject);

    let guests = Scene::clone(&scene).fill_in(1, Kind::Ballot, &guest_vote(&[3]));
    table
        .vote::<Ballot>(&scene, Kind::Ballot, &guests)
        .with("the other style's contest", Code::ContestSet, |ballot| {
            let contest = ballot.prefix.contests.remove(&1).unwrap();
            ballot.prefix.contests.insert(0, contest);
        })
        .with("of a guest, with both contests", Code::ContestSet, |ballot| {
            let contest = ballot.prefix.contests[&1].clone();
            ballot.prefix.contests.insert(0, contest);
        })
        .with("of a guest, with f_1 for a member", Code::BallotLength, |ballot| {
            ballot.proof.extend([0; 3 * 32]);
        });
}

fn contests(subject: &mut Subject<'_, Ballot>) {
    subject
        .with("contest 2", Code::ContestUnknown, |ballot| {
            ballot.prefix.contests.insert(2, vec![].into());
        })
        .with("contest of 64 bits instead of 1", Code::ContestUnknown, |ballot| {
            let contest = ballot.prefix.contests.remove(&1).unwrap();
            ballot.prefix.contests.insert(u64::MAX, contest);
        })
        .with("a contest too few", Code::ContestSet, |ballot| _ = ballot.prefix.contests.remove(&1))
        .with("no contest", Code::ContestSet, |ballot| ballot.prefix.contests.clear())
        .with("both contests exchanged", Code::ProofInvalid, |ballot| {
            let first = ballot.prefix.contests.remove(&0).unwrap();
            let second = ballot.prefix.contests.insert(1, first).unwrap();
            ballot.prefix.contests.insert(0, second);
        })
        .with("both contests the same", Code::ProofInvalid, |ballot| {
            let first = ballot.prefix.contests[&0].clone();
            ballot.prefix.contests.insert(1, first);
        });
}

fn lengths(subject: &mut Subject<'_, Ballot>) {
    for contest in [0, 1] {
        let name = |what: &str| format!("contest {contest}: {what}");
        let mut with = |what: &str, change: fn(&mut Vec<u8>)| {
            subject.with(&name(what), Code::BallotLength, |ballot| {
                change(ballot.prefix.contests.get_mut(&contest).unwrap());
            });
        };
        with("a byte too few", |bytes| _ = bytes.pop());
        with("a byte too many", |bytes| bytes.push(0));
        with("a ciphertext too few", |bytes| bytes.truncate(3 * 32));
        with("a ciphertext too many", |bytes| bytes.extend([0; 32]));
        with("no ciphertext", Vec::clear);
    }
    subject
        .with("a proof that is a byte too short", Code::BallotLength, |ballot| _ = ballot.proof.pop())
        .with("a proof that is a byte too long", Code::BallotLength, |ballot| ballot.proof.push(0))
        .with("no proof", Code::BallotLength, |ballot| ballot.proof.clear())
        .with("a ciphertext of one contest in the other", Code::BallotLength, |ballot| {
            let taken = ballot.prefix.contests.get_mut(&1).unwrap().split_off(3 * 32);
            ballot.prefix.contests.get_mut(&0).unwrap().extend(taken);
        });
    for (place, element) in elements().into_iter().enumerate() {
        subject
            .with(&format!("{element} left out"), Code::BallotLength, |ballot| {
                _ = ballot.proof.drain(32 * place..32 * (place + 1));
            })
            .with(&format!("{element} twice"), Code::BallotLength, |ballot| {
                let element = at(&ballot.proof, place);
                _ = ballot.proof.splice(32 * place..32 * place, element);
            });
    }
}

fn prefix_points(subject: &mut Subject<'_, Ballot>) {
    let valid = subject.valid.prefix.clone();
    subject
        .with("another R", Code::ProofInvalid, |ballot| ballot.prefix.r.0 = other_point())
        .with("another B", Code::ProofInvalid, |ballot| ballot.prefix.b.0 = other_point())
        .with("an R that is the identity", Code::IdentityPoint, |ballot| ballot.prefix.r.0 = IDENTITY)
        .with("a B that is the identity", Code::ProofInvalid, |ballot| ballot.prefix.b.0 = IDENTITY)
        .with("R and B exchanged", Code::ProofInvalid, |ballot| {
            std::mem::swap(&mut ballot.prefix.r, &mut ballot.prefix.b);
        })
        .with("an R that is the identity and an ω that is no scalar", Code::ScalarInvalid, |ballot| {
            ballot.prefix.r.0 = IDENTITY;
            overwrite(&mut ballot.proof, (4 + BITS + 2) * 32, NEITHER);
        })
        .with("an ω that is no scalar and a B that is no point", Code::PointInvalid, |ballot| {
            ballot.prefix.b.0 = NEITHER;
            overwrite(&mut ballot.proof, (4 + BITS + 2) * 32, NEITHER);
        });
    for (name, bytes) in bad_points(valid.r.0) {
        subject.with(&format!("R {name}"), Code::PointInvalid, |ballot| ballot.prefix.r.0 = bytes);
    }
    for (name, bytes) in bad_points(valid.b.0) {
        subject.with(&format!("B {name}"), Code::PointInvalid, |ballot| ballot.prefix.b.0 = bytes);
    }
    for (contest, slots) in (0..).zip(SLOTS) {
        for slot in 0..slots {
            ciphertext(subject, contest, slot);
        }
    }
}

fn ciphertext(subject: &mut Subject<'_, Ballot>, contest: u64, slot: usize) {
    let valid = at(&subject.valid.prefix.contests[&contest], slot);
    let mut with = |what: &str, code: Code, bytes: [u8; 32]| {
        subject.with(&format!("contest {contest}, C_{}: {what}", slot + 1), code, |ballot| {
            overwrite(ballot.prefix.contests.get_mut(&contest).unwrap(), 32 * slot, bytes);
        });
    };
    with("another", Code::ProofInvalid, other_point());
    with("the identity", Code::ProofInvalid, IDENTITY);
    bad_points(valid).into_iter().for_each(|(name, bytes)| with(name, Code::PointInvalid, bytes));
}

fn proof_elements(subject: &mut Subject<'_, Ballot>) {
    let valid = subject.valid.proof.to_vec();
    for (place, element) in elements().into_iter().enumerate() {
        let mut with = |what: &str, code: Code, bytes: [u8; 32]| {
            subject.with(&format!("{element}: {what}"), code, |ballot| {
                overwrite(&mut ballot.proof, 32 * place, bytes);
            });
        };
        let other = (at(&valid, if place == 0 { 1 } else { 0 }), at(&valid, if place == 4 { 5 } else { 4 }));
        if place < 4 {
            with("another", Code::ProofInvalid, other.0);
            with("the identity", Code::ProofInvalid, IDENTITY);
            bad_points(at(&valid, place)).into_iter().for_each(|(name, bytes)| with(name, Code::PointInvalid, bytes));
        } else {
            with("another", Code::ProofInvalid, other.1);
            with("0", Code::ProofInvalid, [0; 32]);
            bad_scalars(at(&valid, place)).into_iter().for_each(|(name, bytes)| with(name, Code::ScalarInvalid, bytes));
        }
    }
}

fn links(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    let unlinked = scene.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0]));
    scene.vote(1, &member_vote(None, &[]));
    let of_other = scene.board().voting().unwrap().head(&scene.voters[1].1.credential).unwrap().tracker;
    let first = Arc::new(scene.clone());
    table
        .vote::<Ballot>(&first, Kind::Ballot, &unlinked)
        .with("a link and nothing to replace", Code::LinkStale, |ballot| ballot.prefix.link = Some(Tracker([1; 20])))
        .with("another voter's ballot replaced", Code::LinkStale, |ballot| ballot.prefix.link = Some(of_other));

    scene.vote(0, &member_vote(Some(0), &[1]));
    let stale = scene.board().voting().unwrap().head(&scene.voters[0].1.credential).unwrap().tracker;
    scene.vote(0, &member_vote(Some(2), &[1]));
    let payload = scene.fill_in(0, Kind::Ballot, &member_vote(None, &[2, 3]));
    let scene = Arc::new(scene);
    table.payload("ballot: without link, to replace one", Code::LinkStale, &scene, Kind::Ballot, &unlinked);
    table
        .vote::<Ballot>(&scene, Kind::Ballot, &payload)
        .with("the link left out", Code::LinkStale, |ballot| ballot.prefix.link = None)
        .with("another link", Code::LinkStale, |ballot| ballot.prefix.link.as_mut().unwrap().0[19] ^= 1)
        .with("the link of the ballot before the last", Code::LinkStale, |ballot| ballot.prefix.link = Some(stale))
        .again(Code::LinkStale);
}

/// An R that stands on the board already.
fn used(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(0, &member_vote(Some(0), &[1]));
    let first = scene.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[1]));
    scene.accept(Kind::Ballot, &first);
    let challenge = scene.fill_in(1, Kind::Challenge, &member_vote(None, &[]));
    scene.accept(Kind::Challenge, &challenge);
    let opened = decode::<tabella_election::message::Challenge>(&challenge).unwrap().prefix;
    let cast = decode::<Ballot>(&first).unwrap().prefix;
    let next = scene.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    let other = scene.fill_in(1, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    let scene = Arc::new(scene);
    table
        .vote::<Ballot>(&scene, Kind::Ballot, &next)
        .with("the R of the ballot that it replaces", Code::RReused, |ballot| ballot.prefix.r = cast.r)
        .with("the R of a challenge of another voter", Code::RReused, |ballot| ballot.prefix.r = opened.r);
    table
        .vote::<Ballot>(&scene, Kind::Ballot, &other)
        .with("the R of another voter's ballot", Code::RReused, |ballot| ballot.prefix.r = cast.r)
        .with("the R of a challenge", Code::RReused, |ballot| ballot.prefix.r = opened.r)
        .with("what was challenged, cast", Code::RReused, |ballot| ballot.prefix = opened.clone());
}

fn phases(table: &mut Table) {
    let mut open = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    open.vote(1, &member_vote(Some(1), &[0]));
    let ballot = open.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[1]));
    let challenge = open.fill_in(0, Kind::Challenge, &member_vote(Some(0), &[1]));
    let ready = Arc::new(Scene::ready(manifest(), &[(1, MEMBERS), (1, MEMBERS)]));
    let mut closed = open.clone();
    closed.provide(Kind::Close);
    let closed = Arc::new(closed);
    let mut published = Scene::clone(&closed);
    published.play_to(Kind::Final);
    let published = Arc::new(published);
    let mut finished = Scene::clone(&closed);
    finished.play_on();
    let finished = Arc::new(finished);
    let open = Arc::new(open);
    for (kind, payload) in [(Kind::Ballot, &ballot), (Kind::Challenge, &challenge)] {
        let mut row = |name: &str, code, scene| table.payload(format!("{kind}: {name}"), code, scene, kind, payload);
        row("before the opening", Code::ElectionNotOpen, &ready);
        row("after the closing", Code::ElectionClosed, &closed);
        row("after the result", Code::ElectionClosed, &published);
        row("after the end", Code::AfterFinal, &finished);
        let mut row = |name: &str, scene: &Arc<Scene>| {
            table.payload(format!("{kind}: malformed, {name}"), Code::PayloadMalformed, scene, kind, &payload[1..]);
        };
        row("before the opening", &ready);
        row("after the closing", &closed);
        row("after the end", &finished);
    }
    table.payload("challenge: a ballot's payload", Code::PayloadMalformed, &open, Kind::Challenge, &ballot);
    table.payload("ballot: a challenge's payload", Code::PayloadMalformed, &open, Kind::Ballot, &challenge);
}
