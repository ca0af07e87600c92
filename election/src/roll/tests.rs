use super::*;
use crate::message::{Allocation, ContestKind};
use crate::samples;

/// Submits a chunk that names the chunk before it rightly.
fn submit(roll: &mut Roll, body: message::Roll) -> Result<(), Code> {
    let previous = match body.chunk {
        1 => NO_CHUNK,
        _ => roll.chunk_hashes.last().copied().unwrap_or(NO_CHUNK),
    };
    submit_as_it_is(roll, message::Roll { previous, ..body })
}

/// Signs and judges a chunk, and adds it if it is accepted.
fn submit_as_it_is(roll: &mut Roll, body: message::Roll) -> Result<(), Code> {
    let signed = Signed::sign(body, &samples::registrar());
    let judged = roll.judge(&signed, &samples::election()).map_err(|rejection| rejection.code)?;
    roll.apply(judged);
    Ok(())
}

fn chunk(revision: u64, chunk: u64, chunks: u64, voters: &[Voter]) -> message::Roll {
    message::Roll {
        election: samples::election().id(),
        revision,
        chunk,
        chunks,
        voters: voters.to_vec(),
        previous: NO_CHUNK,
    }
}

/// Six voters in order.
fn voters() -> Vec<Voter> {
    samples::voters(6)
}

/// A roll with the first two of [`voters`] in chunk 1 of 3 of revision 1.
fn begun() -> Roll {
    let mut roll = Roll::default();
    submit(&mut roll, chunk(1, 1, 3, &voters()[..2])).unwrap();
    roll
}

/// The code with which a roll of one chunk is refused after a change of its voters.
fn code_after(change: impl FnOnce(&mut [Voter])) -> Option<Code> {
    let mut voters = voters();
    change(&mut voters);
    submit(&mut Roll::default(), chunk(1, 1, 1, &voters)).err()
}

#[test]
fn chunks_follow_one_another() {
    let mut roll = begun();
    submit(&mut roll, chunk(1, 2, 3, &voters()[2..4])).unwrap();
    assert!(!roll.is_complete());
    submit(&mut roll, chunk(1, 3, 3, &voters()[4..])).unwrap();
    assert!(roll.is_complete());
    assert_eq!(roll.voters(), voters());
    assert_eq!(roll.weight(), 6);
    assert_eq!(roll.voter(&voters()[3].credential), Some(&voters()[3]));
    assert_eq!(roll.voter(&EncodedPoint([0; 32])), None);
}

#[test]
fn an_empty_roll_is_not_complete() {
    assert!(!Roll::default().is_complete());
    assert_eq!(Roll::default().revision(), 0);
}

#[test]
fn a_chunk_out_of_place_is_refused() {
    let nobody: [Voter; 0] = [];
    for (revision, number, chunks) in
        [(0, 1, 1), (2, 1, 1), (1, 0, 1), (1, 2, 2), (1, 1, 0), (1, 1, 100_001), (u64::MAX, 1, 1)]
    {
        let refused = submit(&mut Roll::default(), chunk(revision, number, chunks, &nobody));
        assert_eq!(refused, Err(Code::RollChunk), "first: {revision} {number} {chunks}");
    }
    for (revision, number, chunks) in
        [(1, 1, 3), (1, 3, 3), (1, 2, 4), (1, 2, 2), (2, 2, 3), (3, 1, 1), (0, 2, 3), (1, u64::MAX, 3)]
    {
        let refused = submit(&mut begun(), chunk(revision, number, chunks, &nobody));
        assert_eq!(refused, Err(Code::RollChunk), "after 1 of 3: {revision} {number} {chunks}");
    }
}

#[test]
fn a_chunk_goes_on_from_the_one_before_and_from_no_other() {
    let hash_of = |body: message::Roll| Signed::sign(body, &samples::registrar()).body_hash();
    let first = chunk(1, 1, 3, &voters()[..2]);
    let (before, elsewhere) = (hash_of(first.clone()), hash_of(chunk(1, 1, 3, &voters()[..1])));
    let second = |previous| message::Roll { previous, ..chunk(1, 2, 3, &voters()[2..4]) };
    let judge_after = |before: &[message::Roll], body| {
        let mut roll = Roll::default();
        for body in before {
            submit_as_it_is(&mut roll, body.clone()).unwrap();
        }
        submit_as_it_is(&mut roll, body)
    };
    let after_first = [first.clone()];
    assert_eq!(judge_after(&after_first, second(before)), Ok(()));
    assert_eq!(judge_after(&after_first, second(elsewhere)), Err(Code::RollChunk));
    assert_eq!(judge_after(&after_first, second(NO_CHUNK)), Err(Code::RollChunk));

    // The third names the second, not the first again.
    let after_second = [first.clone(), second(before)];
    let third = |previous| message::Roll { previous, ..chunk(1, 3, 3, &voters()[4..]) };
    assert_eq!(judge_after(&after_second, third(hash_of(second(before)))), Ok(()));
    assert_eq!(judge_after(&after_second, third(before)), Err(Code::RollChunk));

    // Chunk 1 names none, in the first revision and in later ones.
    let naming = |body| message::Roll { previous: before, ..body };
    assert_eq!(judge_after(&[], naming(first)), Err(Code::RollChunk));
    assert_eq!(judge_after(&after_first, chunk(2, 1, 1, &[])), Ok(()));
    assert_eq!(judge_after(&after_first, naming(chunk(2, 1, 1, &[]))), Err(Code::RollChunk));
}

#[test]
fn nothing_follows_the_last_chunk_but_a_new_revision() {
    let mut roll = Roll::default();
    submit(&mut roll, chunk(1, 1, 1, &voters())).unwrap();
    assert_eq!(submit(&mut roll.clone(), chunk(1, 2, 1, &[])), Err(Code::RollChunk));
    assert_eq!(submit(&mut roll, chunk(2, 1, 1, &[])), Ok(()));
}

#[test]
fn a_new_revision_discards_the_voters() {
    let mut roll = begun();
    submit(&mut roll, chunk(2, 1, 1, &voters()[..1])).unwrap();
    assert_eq!(roll.voters(), &voters()[..1]);
    assert_eq!((roll.revision(), roll.weight(), roll.is_complete()), (2, 1, true));
    let mut fresh = Roll::default();
    submit(&mut fresh, chunk(1, 1, 1, &[])).unwrap();
    submit(&mut fresh, chunk(2, 1, 1, &voters()[..1])).unwrap();
    assert_eq!(roll.hash(&samples::election().id()), fresh.hash(&samples::election().id()));
}

#[test]
fn a_refused_chunk_changes_nothing() {
    let mut roll = begun();
    assert_eq!(submit(&mut roll, chunk(1, 2, 3, &voters()[1..2])), Err(Code::RollOrder));
    assert_eq!(roll, begun());
}

#[test]
fn credentials_ascend_within_and_across_chunks() {
    assert_eq!(code_after(|_| {}), None);
    assert_eq!(code_after(|voters| voters.swap(0, 1)), Some(Code::RollOrder));
    assert_eq!(code_after(|voters| voters[1] = voters[0]), Some(Code::RollOrder));
    assert_eq!(submit(&mut begun(), chunk(1, 2, 3, &voters()[1..2])), Err(Code::RollOrder));
    assert_eq!(submit(&mut begun(), chunk(1, 2, 3, &voters()[..1])), Err(Code::RollOrder));
}

#[test]
fn credentials_are_points_other_than_the_identity() {
    assert_eq!(code_after(|voters| voters[5].credential = EncodedPoint([0xff; 32])), Some(Code::PointInvalid));
    assert_eq!(code_after(|voters| voters[0].credential = EncodedPoint([0; 32])), Some(Code::IdentityPoint));
}

#[test]
fn weights_and_styles_are_judged() {
    assert_eq!(code_after(|voters| voters[2].weight = 0), Some(Code::RollWeight));
    assert_eq!(code_after(|voters| voters[2].style = 2), Some(Code::RollStyle));
    assert_eq!(code_after(|voters| voters[2].style = u64::MAX), Some(Code::RollStyle));
}

#[test]
fn the_first_wrong_voter_names_the_code() {
    let code = code_after(|voters| {
        voters[1].style = 2;
        voters[2].weight = 0;
    });
    assert_eq!(code, Some(Code::RollStyle));
}

#[test]
fn the_total_is_bounded_over_all_chunks() {
    assert_eq!(code_after(|voters| voters[0].weight = (1 << 40) - 5), None);
    assert_eq!(code_after(|voters| voters[0].weight = (1 << 40) - 4), Some(Code::RollTotal));
    let overflow = |voters: &mut [Voter]| voters.iter_mut().for_each(|voter| voter.weight = u64::MAX);
    assert_eq!(code_after(overflow), Some(Code::RollTotal));

    let mut heavy = voters()[2];
    heavy.weight = (1 << 40) - 2;
    assert_eq!(submit(&mut begun(), chunk(1, 2, 3, &[heavy])), Ok(()));
    heavy.weight += 1;
    assert_eq!(submit(&mut begun(), chunk(1, 2, 3, &[heavy])), Err(Code::RollTotal));
    assert_eq!(submit(&mut begun(), chunk(2, 1, 1, &[heavy])), Ok(()), "a new revision begins at 0");
}

#[test]
fn classes_count_voters_of_a_style_and_weight() {
    let mut voters = voters();
    (voters[0].style, voters[1].weight) = (1, 5);
    let mut roll = Roll::default();
    submit(&mut roll, chunk(1, 1, 1, &voters)).unwrap();
    assert_eq!(roll.classes(), BTreeMap::from([((0, 1), 4), ((0, 5), 1), ((1, 1), 1)]));
}

#[test]
fn the_hash_depends_on_every_chunk() {
    let id = samples::election().id();
    let hash = |voters: &[Voter]| {
        let mut roll = begun();
        submit(&mut roll, chunk(1, 2, 3, voters)).unwrap();
        roll.hash(&id)
    };
    assert_ne!(hash(&voters()[2..3]), hash(&voters()[3..4]));
    assert_ne!(hash(&voters()[2..3]), begun().hash(&id));
}

#[test]
fn the_chunks_of_the_registrar_are_accepted() {
    let mut unordered = samples::voters(2_100);
    unordered.reverse();
    let chunks = chunks(&samples::election().id(), 1, unordered);
    assert_eq!(chunks.iter().map(|chunk| chunk.voters.len()).collect::<Vec<_>>(), [1_000, 1_000, 100]);
    let mut roll = Roll::default();
    for chunk in chunks {
        assert!(Signed::sign(chunk.clone(), &samples::registrar()).payload().len() <= 65_000);
        submit_as_it_is(&mut roll, chunk).unwrap();
    }
    assert!(roll.is_complete());
    assert_eq!(roll.voters(), samples::voters(2_100));
}

#[test]
fn the_largest_chunk_fits_an_entry() {
    let voter = Voter { credential: EncodedPoint([0xff; 32]), weight: u64::MAX, style: 999 };
    let [chunk] = chunks(&samples::election().id(), u64::MAX, vec![voter; 1_000]).try_into().unwrap();
    assert!(Signed::sign(chunk, &samples::registrar()).payload().len() <= 65_000);
}

#[test]
fn nobody_makes_one_empty_chunk() {
    assert_eq!(chunks(&samples::election().id(), 7, Vec::new()), [chunk(7, 1, 1, &[])]);
}

#[test]
fn a_claim_has_the_chunks_of_its_roll_in_their_places() {
    let (first, second) = (chunk(1, 1, 2, &voters()[..3]), chunk(1, 2, 2, &voters()[3..]));
    let mut roll = Roll::default();
    submit(&mut roll, first.clone()).unwrap();
    submit(&mut roll, second).unwrap();
    let (claim, signed) = (roll.claim(), Signed::sign(first, &samples::registrar()));
    assert!(claim.has(&signed));
    let exchanged = claim.chunks.iter().rev().copied().collect();
    for other in [
        RollClaim { revision: 2, ..claim.clone() },
        RollClaim { chunks: claim.chunks[..1].to_vec(), ..claim.clone() },
        RollClaim { chunks: exchanged, ..claim },
    ] {
        assert!(!other.has(&signed), "{other:?}");
    }
}

#[test]
fn no_total_reaches_what_some_programs_round() {
    let election = |amount| {
        let mut manifest = samples::manifest();
        manifest.contests.truncate(1);
        manifest.contests[0].kind = ContestKind::Allocation(Allocation { amount, range: true });
        manifest.styles.truncate(1);
        manifest.styles[0].contests = vec![0];
        Election::judge(&Signed::sign(manifest, &samples::authority()), samples::ORIGIN, &samples::SampleLog).unwrap()
    };
    // 2^53 is the first integer that is not told from its neighbours; 2^40 bounds a slot, here of 65,535 at most.
    assert_eq!(largest_weight(&election(1 << 31)), (1 << 22) - 1);
    assert_eq!(largest_weight(&election(65_535)), (1 << 40) / 65_535);
}
