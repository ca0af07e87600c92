//! Shapes allow exactly the votes of their rules, by trying all small ones.

mod hostile;
mod samples;
mod unanimous;
mod votes;

use std::collections::BTreeSet;

use tabella_crypto::shape::{Constraint, Form};

use self::samples::{allocation, choice, contest, lists, positional, quadratic, ranking, score, small_contests};
use self::votes::{assignments, selections, vote_of};
use super::digits::digits;
use super::*;
use crate::message::Counting;

/// The slot values of every legal vote, from the words of the specification alone.
fn legal_votes(contest: &Contest) -> BTreeSet<Vec<u64>> {
    selections(contest).iter().filter_map(|selection| vote_of(contest, selection)).collect()
}

#[test]
fn exactly_the_legal_votes_satisfy_the_shape() {
    let mut kinds = BTreeSet::new();
    for contest in small_contests() {
        let shape = contest.shape().unwrap();
        let size = contest.size();
        assert_eq!((shape.free(), shape.slots().len()), (size.coordinates, size.slots), "{contest:?}");
        assert_eq!((shape.ranged().len(), shape.constraints().len()), (size.ranged, size.constraints), "{contest:?}");
        if size.ranged > 0 {
            continue;
        }
        let provable: BTreeSet<Vec<u64>> = assignments(shape.free()).filter_map(|bits| shape.evaluate(&bits)).collect();
        assert_eq!(provable, legal_votes(&contest), "{contest:?}");
        kinds.insert(contest.kind.name());
    }
    assert_eq!(kinds.len(), 7);
}

#[test]
fn every_legal_selection_has_its_coordinates_and_is_read_again() {
    for contest in small_contests() {
        let shape = contest.shape().unwrap();
        for selection in selections(&contest) {
            let filled = contest.fill(&selection);
            let Some(expected) = vote_of(&contest, &selection) else {
                assert!(filled.is_err(), "{contest:?}");
                continue;
            };
            let filled = filled.unwrap();
            assert_eq!(filled.len(), contest.size().coordinates);
            let values = shape.evaluate(&filled).unwrap_or_else(|| panic!("{contest:?}"));
            assert_eq!(values, expected, "{contest:?}");
            // Ranks that earn as many points, or none, are not told apart.
            let tells_all = match &contest.kind {
                ContestKind::Positional(positional) => {
                    positional.weights.is_sorted_by(|one, next| one > next && *next > 0)
                }
                _ => true,
            };
            if tells_all {
                assert_eq!(vote_of(&contest, &contest.read(&values)), Some(values), "{contest:?}");
            }
        }
    }
}

#[test]
fn no_vote_exceeds_the_largest_values() {
    // Where an option has two limbs, its low one is as large as a limb can be only with the right amount.
    for contest in small_contests().into_iter().filter(|contest| contest.largest().slot == contest.largest().option) {
        let votes = legal_votes(&contest);
        let Largest { slot, option } = contest.largest();
        assert_eq!(votes.iter().flatten().max(), Some(&slot), "{contest:?}");
        let options = votes.iter().flat_map(|vote| contest.totals(1, vote).unwrap().options);
        if !matches!(contest.kind, ContestKind::Ranking(_)) && !contest.options.is_empty() {
            assert_eq!(options.max(), Some(option), "{contest:?}");
        }
    }
}

#[test]
fn a_limb_is_no_larger_than_a_limb_can_be() {
    for (amount, largest) in [(65_534, 65_534), (65_535, 65_535), (65_536, 65_535), (1 << 20, 65_535)] {
        let Largest { slot, option } = allocation(2, amount, true).largest();
        assert_eq!((slot, option), (largest, amount));
    }
}

#[test]
fn rankings_are_as_many_as_there_are_orders() {
    let orders = |options, ties| legal_votes(&ranking(options, ties)).len();
    assert_eq!([2, 3, 4, 5].map(|options| orders(options, false)), [2, 6, 24, 120]);
    assert_eq!([2, 3, 4].map(|options| orders(options, true)), [3, 13, 75]);
}

#[test]
fn digits_make_every_number_and_no_other() {
    assert_eq!(digits(5), [1, 2, 2]);
    assert_eq!(digits(3), [1, 2]);
    assert_eq!(digits(0), [0; 0]);
    assert_eq!(digits(8), [1, 2, 4, 1]);
    for largest in 0..70 {
        let weights = digits(largest);
        assert_eq!(weights.iter().sum::<u64>(), largest);
        for number in 0..=largest {
            let bits = digits::bits(number, &weights);
            assert_eq!(bits.iter().zip(&weights).map(|(bit, weight)| bit * weight).sum::<u64>(), number);
        }
    }
}

#[test]
fn the_constraints_of_a_ranking_with_ties_are_in_the_order_of_the_specification() {
    let shape = ranking(4, true).shape().unwrap();
    let pairs: Vec<(usize, usize)> =
        (0..4).flat_map(|a| (0..4).filter(move |b| *b != a).map(move |b| (a, b))).collect();
    // b_1 is the first.
    let place = |pair: (usize, usize)| pairs.iter().position(|other| *other == pair).unwrap() as u32 + 1;
    let bits = shape.constraints().iter();
    let expected = pairs.iter().filter(|(a, b)| a < b).map(|(a, b)| {
        let both = Form { constant: 0, terms: vec![(place((*a, *b)), 1), (place((*b, *a)), 1)] };
        Constraint::bit(both)
    });
    assert_eq!(bits.skip(pairs.len()).take(6).cloned().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn a_ranking_has_pairs_and_no_totals_of_options() {
    let totals = ranking(3, true).totals(2, &[2, 2, 0, 1, 0, 0]).unwrap();
    assert_eq!(totals.options, [0_u64; 0]);
    assert!(totals.pairs.is_some());
}

#[test]
fn the_shape_of_a_choice_is_that_of_the_specification() {
    let shape = choice(3, 0, 2, true).shape().unwrap();
    // b_1, b_2, blank, and slack bits of weights 1, 1; the last option is 2 − b_1 − b_2 − 2·blank − slack.
    let last = Form { constant: 2, terms: vec![(1, -1), (2, -1), (3, -2), (4, -1), (5, -1)] };
    assert_eq!(shape.slots(), [Form::bit(1), Form::bit(2), last.clone(), Form::bit(3)]);
    let constrained = [Form::bit(1), Form::bit(2), last, Form::bit(3), Form::bit(4), Form::bit(5)];
    assert_eq!(shape.constraints(), constrained.map(Constraint::bit));
}

#[test]
fn a_score_of_one_point_has_the_shape_of_a_choice() {
    for (options, min, max) in [(1, 0, 1), (3, 1, 2), (4, 0, 4), (4, 2, 2)] {
        let (score, choice) = (score(options, 1, min, max), choice(options, min, max, false));
        assert_eq!(score.shape().unwrap(), choice.shape().unwrap());
    }
}

#[test]
fn large_contests_have_their_coordinates() {
    let evaluated = |contest: &Contest, selection: &Selection| {
        let shape = contest.shape().unwrap();
        (shape.evaluate(&contest.fill(selection).unwrap()).unwrap(), shape.constraints().len())
    };
    let twenty = ranking(20, true);
    assert_eq!(twenty.size(), Size { coordinates: 380, slots: 380, ranged: 0, constraints: 7_410 });
    let (values, constraints) = evaluated(&twenty, &Selection::Ranking(vec![[7].into(), [0, 19].into()]));
    assert_eq!(values.iter().sum::<u64>(), 19 + 2 * 17);
    assert_eq!(constraints, 380 + 190 + 6_840);

    let many = choice(100, 1, 90, true);
    for count in 1..=90 {
        let (values, _) = evaluated(&many, &Selection::Options((0..count).collect()));
        assert_eq!(values.iter().sum::<u64>(), count as u64);
    }

    let amount = u64::from(u32::MAX);
    for range in [false, true] {
        let shares = allocation(3, amount, range);
        let parts = vec![amount - 65_536 - 7, 7, 65_536];
        let (values, _) = evaluated(&shares, &Selection::Numbers(parts.clone()));
        assert_eq!(values, [65_528, 65_534, 7, 0, 0, 1]);
        assert_eq!(shares.totals(1, &values).unwrap().options, parts);
        assert_eq!(shares.size().ranged, if range { 6 } else { 0 });
    }
}

#[test]
fn an_illegal_selection_is_named() {
    let fault = |contest: &Contest, selection| contest.fill(&selection).unwrap_err();
    let chosen = |options: &[usize]| Selection::Options(options.iter().copied().collect());
    let numbers = |numbers: &[u64]| Selection::Numbers(numbers.to_vec());
    let order =
        |places: &[&[usize]]| Selection::Ranking(places.iter().map(|place| place.iter().copied().collect()).collect());
    let list = |list, options: &[usize]| Selection::List { list, options: options.iter().copied().collect() };

    let two_of_four = choice(4, 2, 2, false);
    assert_eq!(fault(&two_of_four, chosen(&[1])), SelectionFault::TooFew(2));
    assert_eq!(fault(&two_of_four, chosen(&[1, 2, 3])), SelectionFault::TooMany(2));
    assert_eq!(fault(&two_of_four, chosen(&[1, 4])), SelectionFault::OptionUnknown);
    assert_eq!(fault(&two_of_four, Selection::Blank), SelectionFault::BlankNotOffered);
    assert_eq!(fault(&two_of_four, numbers(&[1, 1, 0, 0])), SelectionFault::Kind);

    let points = score(3, 5, 2, 9);
    assert_eq!(fault(&points, numbers(&[1, 1])), SelectionFault::Count(3));
    assert_eq!(fault(&points, numbers(&[6, 0, 0])), SelectionFault::TooManyPoints(5));
    assert_eq!(fault(&points, numbers(&[1, 0, 0])), SelectionFault::TotalTooSmall(2));
    assert_eq!(fault(&points, numbers(&[4, 4, 2])), SelectionFault::TotalTooLarge(9));
    assert_eq!(fault(&points, chosen(&[1])), SelectionFault::Kind);

    let best = positional(4, 2, &[3, 2, 1]);
    assert_eq!(fault(&best, order(&[&[1]])), SelectionFault::TooFew(2));
    assert_eq!(fault(&best, order(&[&[1], &[2], &[3], &[0]])), SelectionFault::TooMany(3));
    assert_eq!(fault(&best, order(&[&[1, 2], &[3]])), SelectionFault::Tied);
    assert_eq!(fault(&best, order(&[&[1], &[1]])), SelectionFault::Places);
    assert_eq!(fault(&best, order(&[&[1], &[]])), SelectionFault::Places);
    assert_eq!(fault(&best, order(&[&[1], &[4]])), SelectionFault::OptionUnknown);

    let votes = quadratic(3, 9);
    assert_eq!(fault(&votes, numbers(&[3, 1, 0])), SelectionFault::Credits { cost: 10, credits: 9 });
    assert!(matches!(fault(&votes, numbers(&[u64::MAX; 3])), SelectionFault::Credits { credits: 9, .. }));

    assert_eq!(fault(&ranking(3, false), order(&[&[0]])), SelectionFault::Tied);
    assert_eq!(fault(&ranking(3, false), order(&[&[0, 1], &[2]])), SelectionFault::Tied);
    assert_eq!(fault(&ranking(3, true), order(&[&[0, 3]])), SelectionFault::OptionUnknown);

    let parties = lists(&[2, 3, 0], 0, 2);
    assert_eq!(fault(&parties, list(3, &[])), SelectionFault::ListUnknown);
    assert_eq!(fault(&parties, list(0, &[2])), SelectionFault::OfAnotherList);
    assert_eq!(fault(&parties, list(1, &[2, 3, 4])), SelectionFault::TooMany(2));
    assert_eq!(fault(&lists(&[2, 3], 1, 2), list(0, &[])), SelectionFault::TooFew(1));
    assert_eq!(fault(&parties, chosen(&[0])), SelectionFault::Kind);

    for range in [false, true] {
        let shares = allocation(2, 100, range);
        assert_eq!(fault(&shares, numbers(&[50, 49])), SelectionFault::Amount(100));
        assert_eq!(fault(&shares, numbers(&[u64::MAX, 101])), SelectionFault::Amount(100));
    }
}

#[test]
fn a_contest_that_breaks_its_rule_is_refused() {
    let code = |contest: Contest| contest.judge().err().map(|rejection| rejection.code);
    let right = [
        choice(3, 0, 3, true),
        score(3, 1_000_000, 0, 3_000_000),
        positional(3, 0, &[1_000_000, 5, 5]),
        positional(3, 3, &[2, 1, 0]),
        quadratic(1, 1_000_000),
        ranking(2, false),
        lists(&[2, 0], 0, 5),
        lists(&[0, 0], 0, 1),
        allocation(1, u64::from(u32::MAX), true),
    ];
    for contest in right {
        assert_eq!(code(contest.clone()), None, "{contest:?}");
    }
    let wrong = [
        choice(3, 2, 1, true),
        choice(3, 0, 0, true),
        choice(3, 0, 4, true),
        choice(0, 0, 0, true),
        choice(3, 0, u64::MAX, true),
        score(3, 0, 0, 1),
        score(3, 1_000_001, 0, 1),
        score(3, 5, 6, 5),
        score(3, 5, 0, 0),
        score(3, 5, 0, 16),
        positional(3, 0, &[]),
        positional(3, 0, &[4, 3, 2, 1]),
        positional(3, 3, &[2, 1]),
        positional(3, 0, &[2, 3]),
        positional(3, 0, &[0, 0]),
        positional(3, 0, &[1_000_001]),
        quadratic(3, 0),
        quadratic(3, 1_000_001),
        ranking(1, true),
        lists(&[2, 2], 0, 0),
        lists(&[2, 2], 2, 1),
        lists(&[2, 1], 2, 2),
        lists(&[2, 0], 1, 2),
        allocation(3, 0, false),
        allocation(3, 1 << 32, true),
    ];
    for contest in wrong {
        assert_eq!(code(contest.clone()), Some(Code::ManifestContest), "{contest:?}");
    }
    assert_eq!(code(lists(&[2, 2], 2, 2)), None);
    let mut uneven = lists(&[2, 2], 0, 1);
    uneven.options.pop();
    assert_eq!(code(uneven), Some(Code::ManifestContest));
    let mut overflowing = lists(&[2, 2], 0, 1);
    let ContestKind::Lists(parameters) = &mut overflowing.kind else { panic!("not lists") };
    parameters.lists[0].options = u64::MAX;
    assert_eq!(code(overflowing), Some(Code::ManifestContest));
}

#[test]
fn a_counting_rule_that_does_not_fit_is_refused() {
    use tabella_counting::rule::{CountingRule, Method};
    let rule = |method, seats, tie_break: Option<&[u64]>| {
        Counting(Some(CountingRule { method, seats, tie_break: tie_break.map(<[u64]>::to_vec) }))
    };
    let code = |contest: Contest, counting| Contest { counting, ..contest }.judge().err().map(|fault| fault.code);
    let lists = || lists(&[2, 1], 0, 1);
    assert_eq!(code(choice(3, 1, 1, false), rule(Method::Highest, 3, Some(&[2, 0, 1]))), None);
    assert_eq!(code(ranking(3, true), rule(Method::Schulze, 1, None)), None);
    assert_eq!(code(lists(), rule(Method::DHondt, 1_000, Some(&[4, 3, 2, 1, 0]))), None);
    let wrong = [
        (choice(3, 1, 1, false), rule(Method::Highest, 0, None)),
        (choice(3, 1, 1, false), rule(Method::Highest, 4, None)),
        (choice(3, 1, 1, false), rule(Method::Highest, 1, Some(&[0, 1]))),
        (choice(3, 1, 1, false), rule(Method::Schulze, 1, None)),
        (ranking(3, true), rule(Method::Highest, 1, None)),
        (ranking(3, true), rule(Method::Schulze, 2, None)),
        (ranking(3, true), rule(Method::Condorcet, 1, Some(&[0, 1, 2]))),
        (lists(), rule(Method::DHondt, 1_001, None)),
        (lists(), rule(Method::DHondt, 1, Some(&[0, 1, 2]))),
        (lists(), rule(Method::Copeland, 1, None)),
    ];
    for (contest, counting) in wrong {
        assert_eq!(code(contest, counting.clone()), Some(Code::ManifestContest), "{counting:?}");
    }
}

#[test]
fn totals_mean_what_the_specification_says() {
    let totals = |contest: &Contest, slots: &[u64]| contest.totals(10, slots).unwrap();
    let blank = totals(&choice(2, 1, 1, true), &[5, 3, 2]);
    assert_eq!((blank.options.as_slice(), blank.blank), ([5, 3].as_slice(), Some(2)));
    let strict = totals(&ranking(3, false), &[7, 6, 4]).pairs.unwrap();
    assert_eq!(strict.rows().collect::<Vec<_>>(), [[0, 7, 6], [3, 0, 4], [4, 6, 0]]);
    let weak = totals(&ranking(2, true), &[7, 2]).pairs.unwrap();
    assert_eq!(weak.rows().collect::<Vec<_>>(), [[0, 7], [2, 0]]);
    let parties = totals(&lists(&[1, 1], 0, 1), &[3, 4, 5, 5]);
    assert_eq!((parties.options.as_slice(), parties.lists), ([3, 4].as_slice(), Some(vec![5, 5])));
    let shares = totals(&allocation(2, 100_000, true), &[3, 1, 4, 2]);
    assert_eq!(shares.options, [3 + 65_536, 4 + 2 * 65_536]);
    assert_eq!(choice(2, 1, 1, true).totals(10, &[5, 5]), None);
    assert_eq!(ranking(3, false).totals(10, &[11, 0, 0]), None);
}

#[test]
fn who_is_elected_follows_from_the_totals() {
    use tabella_counting::rule::{CountingRule, Method};
    let count = |contest: Contest, method, seats, weight, slots: &[u64]| {
        let counting = Counting(Some(CountingRule { method, seats, tie_break: None }));
        let contest = Contest { counting, ..contest };
        let totals = contest.totals(weight, slots).unwrap();
        contest.outcome(&totals).unwrap().map(|outcome| outcome.elected.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(count(choice(3, 1, 1, false), Method::Highest, 1, 9, &[3, 4, 2]), Some(vec![1]));
    assert_eq!(count(choice(3, 1, 1, false), Method::Highest, 1, 0, &[0, 0, 0]), None);
    assert_eq!(count(ranking(3, false), Method::Condorcet, 1, 9, &[4, 4, 5]), Some(vec![1]));
    assert_eq!(count(lists(&[2, 1], 0, 1), Method::DHondt, 2, 9, &[1, 3, 1, 7, 2]), Some(vec![0, 1]));
    assert_eq!(count(lists(&[2, 1], 0, 1), Method::Highest, 1, 9, &[1, 1, 2, 7, 2]), Some(vec![2]));
    assert_eq!(count(allocation(2, 100_000, true), Method::Highest, 1, 1, &[9, 0, 1, 1]), Some(vec![1]));
    let without = contest(2, ContestKind::Choice(crate::message::Choice { min: 1, max: 1, blank: false }));
    assert_eq!(without.outcome(&without.totals(2, &[1, 1]).unwrap()), Ok(None));
}
