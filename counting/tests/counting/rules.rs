//! Which rules a contest may have.

use tabella_counting::rule::{CountingRule, Entrants, Method, RuleFault};
use tabella_counting::totals::{ListTotals, Pairs, PairsFault, Totals};
use tabella_counting::{CountFault, count};

use crate::sample::rule;

const OPTIONS: Entrants = Entrants::Options(3);
const RANKING: Entrants = Entrants::Ranking(3);
const LISTS: Entrants = Entrants::Lists { options: 3, lists: 2 };

#[test]
fn names_of_methods_lead_both_ways() {
    for &method in Method::ALL {
        assert_eq!(method.to_string().parse(), Ok(method));
    }
    assert_eq!(Method::ALL.len(), 8);
    assert!("Highest".parse::<Method>().is_err());
}

#[test]
fn a_kind_of_contest_has_its_methods_and_numbers_of_seats() {
    let most_seats = |method, entrants| match entrants {
        Entrants::Options(_) => (method == Method::Highest).then_some(3),
        Entrants::Ranking(_) => {
            let has = [Method::Condorcet, Method::Schulze, Method::RankedPairs, Method::Copeland];
            has.contains(&method).then_some(1)
        }
        Entrants::Lists { .. } => match method {
            Method::Highest => Some(3),
            Method::DHondt | Method::SainteLague | Method::LargestRemainder => Some(1_000),
            _ => None,
        },
    };
    for entrants in [OPTIONS, RANKING, LISTS] {
        for &method in Method::ALL {
            let judged = |seats| rule(method, seats, &[]).judge(entrants);
            let Some(most) = most_seats(method, entrants) else {
                assert_eq!(judged(1), Err(RuleFault::Method(method)), "{method} {entrants:?}");
                continue;
            };
            assert_eq!(judged(0), Err(RuleFault::Seats(most)), "{method} {entrants:?}");
            assert_eq!(judged(1), Ok(()), "{method} {entrants:?}");
            assert_eq!(judged(most), Ok(()), "{method} {entrants:?}");
            assert_eq!(judged(most + 1), Err(RuleFault::Seats(most)), "{method} {entrants:?}");
            assert_eq!(judged(u64::MAX), Err(RuleFault::Seats(most)), "{method} {entrants:?}");
        }
    }
    // A contest of lists without options can give seats to lists only.
    let listed = Entrants::Lists { options: 0, lists: 2 };
    assert_eq!(rule(Method::Highest, 1, &[]).judge(listed), Err(RuleFault::Seats(0)));
    assert_eq!(rule(Method::DHondt, 1, &[]).judge(listed), Ok(()));
}

#[test]
fn in_a_tie_break_every_entrant_stands_exactly_once() {
    let judged = |method, entrants, order: &[u64]| {
        CountingRule { method, seats: 1, tie_break: Some(order.to_vec()) }.judge(entrants)
    };
    assert_eq!(judged(Method::Highest, OPTIONS, &[2, 0, 1]), Ok(()));
    assert_eq!(judged(Method::Copeland, RANKING, &[2, 0, 1]), Ok(()));
    for wrong in [&[][..], &[0, 1], &[0, 1, 1], &[0, 1, 3], &[1, 2, 3], &[0, 1, 2, 3], &[0, 1, u64::MAX]] {
        assert_eq!(judged(Method::Highest, OPTIONS, wrong), Err(RuleFault::TieBreak(3)), "{wrong:?}");
    }
    // Lists are numbered on from the options, whatever the method.
    for method in [Method::DHondt, Method::Highest] {
        assert_eq!(judged(method, LISTS, &[4, 3, 0, 1, 2]), Ok(()));
        assert_eq!(judged(method, LISTS, &[0, 1, 2]), Err(RuleFault::TieBreak(5)));
    }
    assert_eq!(judged(Method::Condorcet, RANKING, &[0, 1, 2]), Err(RuleFault::NoTieBreak(Method::Condorcet)));
}

#[test]
fn totals_of_another_sort_are_not_counted() {
    let counted = |method, totals: &Totals<'_>| count(&rule(method, 1, &[]), totals).map(|_| ());
    assert_eq!(
        counted(Method::Schulze, &Totals::Options(&[1, 2])),
        Err(CountFault::Rule(RuleFault::Method(Method::Schulze)))
    );
    assert_eq!(counted(Method::Highest, &Totals::Options(&[])), Err(CountFault::Rule(RuleFault::Seats(0))));
    let list = |options| ListTotals { total: 1, options };
    for lists in [&[list(1), list(2)][..], &[list(1)], &[], &[list(usize::MAX), list(3)]] {
        let totals = Totals::Lists { options: &[1, 2], lists };
        assert_eq!(counted(Method::DHondt, &totals), Err(CountFault::Lists), "{lists:?}");
    }
}

#[test]
fn pairs_are_made_of_the_totals_of_slots() {
    let rows = |pairs: Pairs| pairs.rows().map(<[u64]>::to_vec).collect::<Vec<_>>();
    let strict = Pairs::of_slots(3, false, &[7, 2, 10], 10).unwrap();
    assert_eq!(rows(strict), [[0, 7, 2], [3, 0, 10], [8, 0, 0]]);
    let ties = Pairs::of_slots(3, true, &[1, 2, 3, 4, 5, 6], 10).unwrap();
    assert_eq!(rows(ties), [[0, 1, 2], [3, 0, 4], [5, 6, 0]]);
    assert_eq!(Pairs::of_slots(3, false, &[1, 2], 10), Err(PairsFault::Slots));
    assert_eq!(Pairs::of_slots(3, false, &[1, 2, 3, 4], 10), Err(PairsFault::Slots));
    assert_eq!(Pairs::of_slots(3, false, &[1, 2, 11], 10), Err(PairsFault::Weight));
}
