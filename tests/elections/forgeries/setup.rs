//! The roll and the opening.

use std::sync::Arc;

use tabella_election::message::{Open, Roll, Voter};
use tabella_election::{Code, EncodedPoint, Hash, Kind};

use super::{ELSEWHERE, IDENTITY, NEITHER, OTHER_ELECTION, Table};
use crate::scene::samples::{self, GUESTS, MEMBERS, manifest};
use crate::scene::{Scene, resigned};

const VOTERS: [(u64, u64); 3] = [(1, MEMBERS), (2, GUESTS), (3, MEMBERS)];

pub(super) fn forge(table: &mut Table) {
    rolls(table);
    chunks(table);
    openings(table);
}

fn rolls(table: &mut Table) {
    let mut scene = Scene::new(manifest());
    scene.draw_voters(&VOTERS);
    let payload = scene.control(Kind::Roll);
    let scene = Arc::new(scene);
    let by_authority = resigned::<Roll>(&payload, &samples::authority(), |_| ());
    table
        .signed::<Roll>(&scene, &payload, samples::registrar())
        .payload("by the authority", Code::SignatureInvalid, &by_authority)
        .with("another election", Code::ElectionMismatch, |roll| roll.election = OTHER_ELECTION)
        .with("revision 0", Code::RollChunk, |roll| roll.revision = 0)
        .with("revision 2", Code::RollChunk, |roll| roll.revision = 2)
        .with("a revision of 64 bits", Code::RollChunk, |roll| roll.revision = u64::MAX)
        .with("chunk 0", Code::RollChunk, |roll| roll.chunk = 0)
        .with("chunk 2", Code::RollChunk, |roll| roll.chunk = 2)
        .with("chunk 2 of 2", Code::RollChunk, |roll| (roll.chunk, roll.chunks) = (2, 2))
        .with("a chunk of 64 bits", Code::RollChunk, |roll| (roll.chunk, roll.chunks) = (u64::MAX, u64::MAX))
        .with("no chunks", Code::RollChunk, |roll| roll.chunks = 0)
        .with("100,001 chunks", Code::RollChunk, |roll| roll.chunks = 100_001)
        .with("a chunk before the first", Code::RollChunk, |roll| roll.previous = ELSEWHERE)
        .with("voters in another order", Code::RollOrder, |roll| roll.voters.swap(0, 1))
        .with("a voter twice", Code::RollOrder, |roll| roll.voters[1] = roll.voters[0])
        .with("a first K that is no point", Code::PointInvalid, |roll| roll.voters[0].credential = no_point())
        .with("a last K that is no point", Code::PointInvalid, |roll| roll.voters[2].credential.0 = NEITHER)
        .with("a K that is the identity", Code::IdentityPoint, |roll| roll.voters[0].credential.0 = IDENTITY)
        .with("a weight of 0", Code::RollWeight, |roll| roll.voters[1].weight = 0)
        .with("style 2", Code::RollStyle, |roll| roll.voters[1].style = 2)
        .with("a style of 64 bits", Code::RollStyle, |roll| roll.voters[2].style = u64::MAX)
        .with("a weight of 0 before a K that is no point", Code::RollWeight, |roll| {
            roll.voters[0].weight = 0;
            roll.voters[2].credential.0 = NEITHER;
        })
        .with("an unknown style before voters in another order", Code::RollStyle, |roll| {
            roll.voters[0].style = 9;
            roll.voters.swap(1, 2);
        })
        .with("weights above 2^40", Code::RollTotal, |roll| roll.voters[0].weight = 1 << 40)
        .with("a weight of 64 bits", Code::RollTotal, |roll| roll.voters[0].weight = u64::MAX)
        .with("weights that overflow", Code::RollTotal, |roll| {
            roll.voters.iter_mut().for_each(|voter| voter.weight = u64::MAX);
        })
        .with("too much weight and an unknown style", Code::RollStyle, |roll| {
            roll.voters[0].weight = u64::MAX;
            roll.voters[2].style = 2;
        })
        .again(Code::RollChunk);

    let open = Arc::new(Scene::open(manifest(), &VOTERS));
    let late = resigned::<Roll>(&payload, &samples::registrar(), |roll| roll.revision = 2);
    table.payload("roll: after the opening", Code::OutOfPhase, &open, Kind::Roll, &late);
}

/// 32 bytes below every credential that are no point: 1 is odd, which no encoding is.
fn no_point() -> EncodedPoint {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    EncodedPoint(bytes)
}

/// The second of two chunks.
fn chunks(table: &mut Table) {
    let mut scene = Scene::new(manifest());
    scene.draw_voters(&VOTERS);
    let whole = scene.control(Kind::Roll);
    let halves = |from: usize, to: usize, chunk: u64, previous: Hash| {
        resigned::<Roll>(&whole, &samples::registrar(), |roll| {
            let voters: Vec<Voter> = roll.voters[from..to].to_vec();
            (roll.chunk, roll.chunks, roll.voters, roll.previous) = (chunk, 2, voters, previous);
        })
    };
    let first = halves(0, 2, 1, Hash([0; 32]));
    let hash = tabella_election::message::Signed::<Roll>::decode(&first).unwrap().body_hash();
    scene.accept(Kind::Roll, &first);
    let second = halves(2, 3, 2, hash);
    let scene = Arc::new(scene);
    let first_voter = scene.board().roll().voters()[0];
    table
        .signed::<Roll>(&scene, &second, samples::registrar())
        .with("the second: the first again", Code::RollChunk, |roll| roll.chunk = 1)
        .with("the second: chunk 3", Code::RollChunk, |roll| roll.chunk = 3)
        .with("the second: of 3", Code::RollChunk, |roll| roll.chunks = 3)
        .with("the second: of 1", Code::RollChunk, |roll| roll.chunks = 1)
        .with("the second: of another revision", Code::RollChunk, |roll| roll.revision = 2)
        .with("the second: after another first", Code::RollChunk, |roll| roll.previous = ELSEWHERE)
        .with("the second: after none", Code::RollChunk, |roll| roll.previous = Hash([0; 32]))
        .with("the second: a voter of the first", Code::RollOrder, |roll| roll.voters[0] = first_voter)
        .with("the second: weights above 2^40", Code::RollTotal, |roll| roll.voters[0].weight = (1 << 40) - 2);
}

fn openings(table: &mut Table) {
    let mut ready = Scene::new(manifest());
    ready.make_keys(&[1, 2, 3]);
    ready.rehearse(&[1, 2]);
    ready.enrol(&[(1, MEMBERS), (1, GUESTS)]);
    let scene = Arc::new(ready);
    let by_registrar = resigned::<Open>(&scene.control(Kind::Open), &samples::registrar(), |_| ());
    table
        .signed::<Open>(&scene, &scene.control(Kind::Open), samples::authority())
        .payload("by the registrar", Code::SignatureInvalid, &by_registrar)
        .with("another election", Code::ElectionMismatch, |open| open.election = OTHER_ELECTION)
        .with("another keys hash", Code::KeysMismatch, |open| open.keys = ELSEWHERE)
        .with("another roll hash", Code::RollMismatch, |open| open.roll = ELSEWHERE)
        .with("both hashes exchanged", Code::KeysMismatch, |open| std::mem::swap(&mut open.keys, &mut open.roll))
        .with("another roll hash and no anchor", Code::RollMismatch, |open| {
            open.roll = ELSEWHERE;
            open.anchor.clear();
        })
        .after("after a rehearsal of one", Code::RehearsalIncomplete, |scene| scene.rehearse(&[1]))
        .after("after a restart", Code::CeremonyIncomplete, |scene| scene.provide(Kind::Restart))
        .after("after a restart, with new keys", Code::RehearsalIncomplete, |scene| {
            scene.provide(Kind::Restart);
            scene.make_keys(&[1, 2, 3]);
        })
        .after("after another roll", Code::RollMismatch, |scene| scene.enrol(&[(1, MEMBERS)]))
        .after("after an empty roll", Code::RollMismatch, |scene| scene.enrol(&[]))
        .after("after half a roll", Code::RollIncomplete, |scene| {
            let half = resigned::<Roll>(&scene.control(Kind::Roll), &samples::registrar(), |roll| roll.chunks = 2);
            scene.accept(Kind::Roll, &half);
        })
        .again(Code::OutOfPhase);

    let open = scene.control(Kind::Open);
    let mut without_roll = Scene::new(manifest());
    without_roll.make_keys(&[1, 2, 3]);
    let unrehearsed = Arc::new(without_roll.clone());
    without_roll.rehearse(&[1, 2]);
    let without_roll = Arc::new(without_roll);
    table.payload("open: without a roll", Code::RollIncomplete, &without_roll, Kind::Open, &open);
    table.payload("open: without a rehearsal", Code::RehearsalIncomplete, &unrehearsed, Kind::Open, &open);
    let new = Arc::new(Scene::new(manifest()));
    table.payload("open: without anything", Code::CeremonyIncomplete, &new, Kind::Open, &open);
}
