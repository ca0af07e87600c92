//! What holds for all totals: many are made up, small ones so that they tie.

use std::collections::BTreeSet;

use tabella_counting::count;
use tabella_counting::outcome::Outcome;
use tabella_counting::rule::{CountingRule, Entrants, Method};
use tabella_counting::totals::{ListTotals, Pairs, Totals};

use crate::sample::MadeUp;

const CASES: u64 = 20_000;

/// Totals that own themselves, of one of the three sorts.
#[derive(Debug, Clone)]
struct Case {
    rule: CountingRule,
    entrants: Entrants,
    options: Vec<u64>,
    lists: Vec<ListTotals>,
    pairs: Pairs,
}

impl Case {
    fn totals(&self) -> Totals<'_> {
        match self.entrants {
            Entrants::Options(_) => Totals::Options(&self.options),
            Entrants::Ranking(_) => Totals::Pairs(self.pairs.clone()),
            Entrants::Lists { .. } => Totals::Lists { options: &self.options, lists: &self.lists },
        }
    }

    fn outcome(&self) -> Outcome {
        count(&self.rule, &self.totals()).unwrap()
    }

    fn options(&self) -> usize {
        match self.entrants {
            Entrants::Options(options) | Entrants::Ranking(options) | Entrants::Lists { options, .. } => options,
        }
    }

    /// The list of an option.
    fn list_of(&self, option: usize) -> usize {
        let ends = self.lists.iter().scan(0, |end, list| {
            *end += list.options;
            Some(*end)
        });
        ends.take_while(|&end| end <= option).count()
    }
}

fn case(made_up: &mut MadeUp) -> Case {
    let method = Method::ALL[made_up.below(Method::ALL.len() as u64) as usize];
    let few = 1 + made_up.below(12);
    let lists: Vec<ListTotals> = (0..1 + made_up.below(4))
        .map(|_| ListTotals { total: made_up.below(few), options: made_up.below(4) as usize })
        .collect();
    let listed: usize = lists.iter().map(|list| list.options).sum();
    let free = 1 + made_up.below(6) as usize;
    let entrants = match method {
        Method::Highest if made_up.below(2) == 0 || listed == 0 => Entrants::Options(free),
        Method::Highest | Method::DHondt | Method::SainteLague | Method::LargestRemainder => {
            Entrants::Lists { options: listed, lists: lists.len() }
        }
        _ => Entrants::Ranking(free),
    };
    let options = if matches!(entrants, Entrants::Lists { .. }) { listed } else { free };
    let seats = match (method, entrants) {
        (Method::Highest, _) => 1 + made_up.below(options as u64),
        (_, Entrants::Ranking(_)) => 1,
        _ => 1 + made_up.below(12),
    };
    let tie_break = (made_up.below(2) == 0 && method != Method::Condorcet).then(|| made_up.order(entrants.number()));
    let options: Vec<u64> = (0..options).map(|_| made_up.below(few)).collect();
    let pairs = Pairs::new(options.len(), |_, _| made_up.below(few));
    Case { rule: CountingRule { method, seats, tie_break }, entrants, options, lists, pairs }
}

fn for_all(check: impl Fn(&Case, &Outcome, &mut MadeUp)) {
    let mut made_up = MadeUp(1);
    for _ in 0..CASES {
        let case = case(&mut made_up);
        let outcome = case.outcome();
        check(&case, &outcome, &mut made_up);
    }
}

#[test]
fn every_seat_is_won_undecided_vacant_or_only_counted() {
    for_all(|case, outcome, _| {
        let list_seats = outcome.list_seats.clone().unwrap_or_default();
        let counted = case.lists.iter().zip(list_seats).filter(|(list, _)| list.options == 0);
        let counted: u64 = counted.map(|(_, seats)| seats).sum();
        let undecided: u64 = outcome.undecided.iter().map(|tie| tie.seats).sum();
        let all = outcome.elected.len() as u64 + undecided + outcome.vacant + counted;
        assert_eq!(all, case.rule.seats, "{case:?} {outcome:?}");
    });
}

#[test]
fn more_tie_than_there_are_seats_and_none_of_them_is_elected() {
    for_all(|case, outcome, _| {
        for tie in &outcome.undecided {
            let tied = tie.options.len() + tie.lists.len();
            let nobody = case.rule.method == Method::Condorcet && tied == 0;
            assert!(nobody || tie.seats > 0 && tied as u64 > tie.seats, "{case:?} {outcome:?}");
            assert!(tie.options.is_empty() || tie.lists.is_empty(), "{case:?} {outcome:?}");
            assert!(tie.options.iter().all(|option| !outcome.elected.contains(option)), "{case:?} {outcome:?}");
        }
        assert!(!outcome.by_tie_break || case.rule.tie_break.is_some(), "{case:?}");
        if case.rule.tie_break.is_some() {
            assert_eq!(outcome.undecided, [], "{case:?}");
        }
        assert!(outcome.elected.iter().all(|&option| option < case.options()), "{case:?} {outcome:?}");
        outcome.explain(|entrant| format!("{entrant:?}"));
    });
}

#[test]
fn a_tie_break_changes_nothing_but_ties() {
    for_all(|case, outcome, made_up| {
        if case.rule.tie_break.is_some() || case.rule.method == Method::Condorcet {
            return;
        }
        let mut decided = case.clone();
        decided.rule.tie_break = Some(made_up.order(case.entrants.number()));
        let with = decided.outcome();
        assert_eq!(with.by_tie_break, !outcome.undecided.is_empty(), "{decided:?}");
        assert!(with.elected.is_superset(&outcome.elected), "{decided:?}");
        let tied: BTreeSet<usize> = outcome.undecided.iter().flat_map(|tie| tie.options.clone()).collect();
        let lists: BTreeSet<usize> = outcome.undecided.iter().flat_map(|tie| tie.lists.clone()).collect();
        for option in with.elected.difference(&outcome.elected) {
            assert!(tied.contains(option) || lists.contains(&case.list_of(*option)), "{decided:?}");
        }
        let seats = with.list_seats.clone().unwrap_or_default();
        for (list, (with, without)) in seats.iter().zip(outcome.list_seats.clone().unwrap_or_default()).enumerate() {
            let more = with - without;
            assert!(more == 0 || more == 1 && lists.contains(&list), "{decided:?}");
        }
    });
}

/// The numbers of the entrants do not matter: with other numbers, the same ones win.
#[test]
fn numbering_does_not_matter() {
    for_all(|case, outcome, made_up| {
        let (renumbered, options, lists) = renumber(case, made_up);
        let other = renumbered.outcome();
        let move_all = |numbers: &[usize], to: &[usize]| numbers.iter().map(|&old| to[old]).collect::<BTreeSet<_>>();
        let elected: Vec<usize> = outcome.elected.iter().copied().collect();
        assert_eq!(other.elected, move_all(&elected, &options), "{case:?} {renumbered:?}");
        assert_eq!((other.vacant, other.by_tie_break), (outcome.vacant, outcome.by_tie_break), "{case:?}");
        let ties = |outcome: &Outcome, options: &[usize], lists: &[usize]| {
            let moved = outcome.undecided.iter();
            moved
                .map(|tie| (tie.seats, move_all(&tie.options, options), move_all(&tie.lists, lists)))
                .collect::<BTreeSet<_>>()
        };
        let same: Vec<usize> = (0..case.entrants.number()).collect();
        assert_eq!(ties(&other, &same, &same), ties(outcome, &options, &lists), "{case:?} {renumbered:?}");
        if let (Some(before), Some(after)) = (&outcome.list_seats, &other.list_seats) {
            assert!(before.iter().zip(&lists).all(|(seats, &list)| after[list] == *seats), "{case:?} {renumbered:?}");
        }
    });
}

/// A case with other numbers, and the new number of each option and of each list.
fn renumber(case: &Case, made_up: &mut MadeUp) -> (Case, Vec<usize>, Vec<usize>) {
    let is_lists = matches!(case.entrants, Entrants::Lists { .. });
    let list_order: Vec<usize> = made_up.order(case.lists.len()).into_iter().map(|list| list as usize).collect();
    let mut option_order: Vec<usize> =
        made_up.order(case.options()).into_iter().map(|option| option as usize).collect();
    if is_lists {
        // Options stay on their lists.
        let place = |option: &usize| list_order.iter().position(|&list| list == case.list_of(*option));
        option_order.sort_by_key(place);
    }
    let new_numbers = |order: &[usize]| {
        (0..order.len()).map(|old| order.iter().position(|&found| found == old).unwrap()).collect::<Vec<_>>()
    };
    let (options, lists) = (new_numbers(&option_order), new_numbers(&list_order));
    let entrant = |&number: &u64| {
        let number = number as usize;
        let moved =
            if number < options.len() { options[number] } else { options.len() + lists[number - options.len()] };
        moved as u64
    };
    let tie_break = case.rule.tie_break.as_ref().map(|order| order.iter().map(entrant).collect());
    let renumbered = Case {
        rule: CountingRule { tie_break, ..case.rule.clone() },
        entrants: case.entrants,
        options: option_order.iter().map(|&old| case.options[old]).collect(),
        lists: list_order.iter().map(|&old| case.lists[old]).collect(),
        pairs: Pairs::new(option_order.len(), |a, b| case.pairs.votes(option_order[a], option_order[b])),
    };
    (renumbered, options, lists)
}

/// Who beats every other option is elected by every method for rankings.
#[test]
fn who_beats_every_other_option_is_elected() {
    for_all(|case, outcome, _| {
        let Entrants::Ranking(options) = case.entrants else { return };
        let beats_all = |&a: &usize| (0..options).all(|b| a == b || case.pairs.win(a, b).is_some());
        if let Some(winner) = (0..options).find(beats_all) {
            assert_eq!(outcome.elected, BTreeSet::from([winner]), "{case:?}");
            assert!(!outcome.by_tie_break, "{case:?}");
        }
    });
}

/// Candidates of the other methods for rankings are of the smallest set whose options all beat all others.
#[test]
fn candidates_are_of_the_smallest_set_that_beats_the_rest() {
    for_all(|case, outcome, _| {
        if !matches!(case.rule.method, Method::Schulze | Method::RankedPairs | Method::Copeland) {
            return;
        }
        let tied = outcome.undecided.iter().flat_map(|tie| tie.options.clone());
        let candidates: BTreeSet<usize> = tied.chain(outcome.elected.clone()).collect();
        let sets = (0..case.options()).map(|option| beats_the_rest(case, option));
        let smallest = sets.min_by_key(BTreeSet::len).unwrap();
        assert!(candidates.is_subset(&smallest), "{case:?} {outcome:?} {smallest:?}");
    });
}

/// The smallest set with this option whose options all beat all others.
fn beats_the_rest(case: &Case, option: usize) -> BTreeSet<usize> {
    let mut set = BTreeSet::from([option]);
    let unbeaten = |set: &BTreeSet<usize>, b: usize| set.iter().any(|&a| case.pairs.win(a, b).is_none());
    while let Some(more) = (0..case.options()).find(|&b| !set.contains(&b) && unbeaten(&set, b)) {
        set.insert(more);
    }
    set
}

/// The largest contests that a manifest can have are counted at once.
#[test]
fn the_largest_contests_are_counted() {
    let mut made_up = MadeUp(2);
    let pairs = Pairs::new(43, |_, _| made_up.below(1 << 53));
    for method in [Method::Condorcet, Method::Schulze, Method::RankedPairs, Method::Copeland] {
        let order = made_up.order(43);
        let tie_break = (method != Method::Condorcet).then_some(order);
        let outcome = count(&CountingRule { method, seats: 1, tie_break }, &Totals::Pairs(pairs.clone())).unwrap();
        assert!(outcome.explain(|entrant| format!("{entrant:?}")).len() <= 45 + 43);
    }
    let options: Vec<u64> = (0..500).map(|_| made_up.below(1 << 53)).collect();
    let lists: Vec<ListTotals> = options.iter().map(|&total| ListTotals { total, options: 1 }).collect();
    for method in [Method::DHondt, Method::SainteLague, Method::LargestRemainder] {
        let rule = CountingRule { method, seats: 1_000, tie_break: None };
        let outcome = count(&rule, &Totals::Lists { options: &options, lists: &lists }).unwrap();
        assert_eq!(outcome.list_seats.as_ref().unwrap().iter().sum::<u64>(), 1_000);
        assert!(outcome.explain(|entrant| format!("{entrant:?}")).len() <= 4 * 500);
    }
    // Giant quotients that are equal: as many seats for each list, and a tie of all for the rest.
    let equal: Vec<ListTotals> = (0..500).map(|_| ListTotals { total: 1 << 53, options: 0 }).collect();
    for (method, seats) in [(Method::DHondt, 1_000), (Method::SainteLague, 999), (Method::LargestRemainder, 502)] {
        let rule = CountingRule { method, seats, tie_break: None };
        let outcome = count(&rule, &Totals::Lists { options: &[], lists: &equal }).unwrap();
        assert_eq!(outcome.list_seats, Some(vec![seats / 500; 500]));
        let open: Vec<(u64, usize)> = outcome.undecided.iter().map(|tie| (tie.seats, tie.lists.len())).collect();
        assert_eq!(open, if seats % 500 == 0 { vec![] } else { vec![(seats % 500, 500)] });
    }
    // As great as numbers are.
    let most = ListTotals { total: u64::MAX, options: 0 };
    for method in [Method::DHondt, Method::SainteLague, Method::LargestRemainder] {
        let rule = CountingRule { method, seats: 1_000, tie_break: None };
        let lists = [most, ListTotals { total: u64::MAX - 1, ..most }];
        let outcome = count(&rule, &Totals::Lists { options: &[], lists: &lists }).unwrap();
        assert_eq!(outcome.list_seats, Some(vec![500, 500]));
    }
}
