//! Contests as a hostile authority would write them: they are refused, and cost nothing before.

use super::samples::{allocation, choice, contest, positional, quadratic, ranking, score};
use super::*;
use crate::manifest::Election;
use crate::message::{List, Signed};
use crate::samples::{self, ORIGIN, SampleLog};

/// What a ballot has room for: specs/election.md#manifest, check 9.
const ROOM: usize = 1_900;

/// Numbers at which arithmetic might go wrong.
const NUMBERS: [u64; 11] = [0, 1, 2, 44, 65_535, 65_536, 1_000_000, (1 << 32) - 1, i64::MAX as u64, 1 << 63, u64::MAX];

fn lists(options: usize, sizes: &[u64], min: u64, max: u64) -> Contest {
    let list = |(number, options): (usize, &u64)| List {
        id: format!("l{number}"),
        title: "List".to_owned(),
        options: *options,
    };
    contest(options, ContestKind::Lists(Lists { lists: sizes.iter().enumerate().map(list).collect(), min, max }))
}

fn hostile_contests(options: usize) -> Vec<Contest> {
    let pairs = || NUMBERS.into_iter().flat_map(|one| NUMBERS.map(|other| (one, other)));
    let mut contests: Vec<Contest> = [false, true].map(|ties| ranking(options, ties)).into();
    for (one, other) in pairs() {
        contests.extend([false, true].map(|blank| choice(options, one, other, blank)));
        contests.extend(NUMBERS.map(|most| score(options, most, one, other)));
        for weights in [vec![], vec![one], vec![other, one], vec![other, 1, 0], vec![one; 500], vec![1_000_000; 44]] {
            contests.extend([0, other].map(|min| positional(options, min, &weights)));
        }
        let all = options as u64;
        let sizes = [vec![], vec![all], vec![all, 0], vec![u64::MAX, one], vec![one, u64::MAX], vec![one, other]];
        contests.extend(sizes.map(|sizes| lists(options, &sizes, one, other)));
    }
    for number in NUMBERS {
        contests.push(quadratic(options, number));
        contests.extend([false, true].map(|range| allocation(options, number, range)));
    }
    contests
}

#[test]
fn any_numbers_can_be_asked_for_their_size() {
    let mut judged = BTreeSet::new();
    for options in [0, 1, 44, 500] {
        for contest in hostile_contests(options) {
            let is_allowed = contest.judge().is_ok();
            let Size { coordinates, slots, ranged, .. } = contest.size();
            let Largest { slot, option } = contest.largest();
            // Only "lists" may have no options: that is judged before the kind.
            if !is_allowed || (options == 0 && !matches!(contest.kind, ContestKind::Lists(_))) {
                continue;
            }
            assert!(slot >= 1 && slot <= option && slot <= 1_000_000 && option < 1 << 32, "{contest:?}");
            if coordinates.saturating_add(slots).saturating_add(ranged) > ROOM || ranged > 128 {
                continue;
            }
            judged.insert(contest.kind.name());
            let shape = contest.shape().unwrap_or_else(|fault| panic!("{fault}: {contest:?}"));
            let made = (shape.free(), shape.slots().len(), shape.ranged().len());
            assert_eq!(made, (coordinates, slots, ranged), "{contest:?}");
        }
    }
    assert_eq!(judged.len(), 7);
}

#[test]
fn a_manifest_of_any_numbers_is_judged() {
    let mut codes = BTreeSet::new();
    for contest in hostile_contests(44).into_iter().step_by(5) {
        let mut manifest = samples::manifest();
        manifest.contests.truncate(1);
        manifest.styles.truncate(1);
        manifest.styles[0].contests = vec![0];
        manifest.contests[0] = contest;
        let judged = Election::judge(&Signed::sign(manifest, &samples::authority()), ORIGIN, &SampleLog);
        codes.insert(match judged {
            Ok(election) => election.shape(&election.manifest().styles[0]).map(|_| "").unwrap(),
            Err(rejection) => rejection.code.as_str(),
        });
    }
    assert_eq!(codes, ["", "manifest_contest", "manifest_size", "manifest_text"].into());
}
