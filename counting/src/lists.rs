//! Seats for lists, and in each list for its options. Implements specs/counting.md#lists.

use crate::cut::cut;
use crate::outcome::{Entrant, Outcome, Score, Step};
use crate::rule::Method;
use crate::tie_break::TieBreak;
use crate::totals::ListTotals;

/// Gives seats to lists by one of the methods for them, then fills those of each list with its options.
pub(crate) fn elect(
    method: Method,
    seats: u64,
    options: &[u64],
    lists: &[ListTotals],
    tie_break: &TieBreak,
    outcome: &mut Outcome,
) {
    let totals: Vec<u64> = lists.iter().map(|list| list.total).collect();
    let list_seats = if totals.iter().all(|&total| total == 0) {
        outcome.steps.push(Step::NoVotes);
        outcome.leave_vacant(seats);
        vec![0; lists.len()]
    } else {
        match method {
            Method::DHondt => highest_quotients(&totals, seats, |seats| seats + 1, tie_break, outcome),
            Method::SainteLague => highest_quotients(&totals, seats, |seats| 2 * seats + 1, tie_break, outcome),
            _ => largest_remainders(&totals, seats, tie_break, outcome),
        }
    };
    let mut rest = options.iter().enumerate();
    for (number, (list, &seats)) in lists.iter().zip(&list_seats).enumerate() {
        let own = rest.by_ref().take(list.options);
        let candidates: Vec<_> = own.map(|(option, &total)| (Entrant::Option(option), total)).collect();
        if seats == 0 {
            continue;
        }
        if candidates.is_empty() {
            outcome.steps.push(Step::Counted { list: number, seats });
            continue;
        }
        outcome.steps.push(Step::Fill { list: Some(number), seats });
        outcome.settle(cut(candidates, seats), Score::Total, tie_break);
    }
    outcome.list_seats = Some(list_seats);
}

/// "dhondt" and "sainte-lague": one seat after another to the greatest quotient. Some list has votes.
fn highest_quotients(
    totals: &[u64],
    seats: u64,
    divisor: impl Fn(u64) -> u64,
    tie_break: &TieBreak,
    outcome: &mut Outcome,
) -> Vec<u64> {
    let mut list_seats = vec![0_u64; totals.len()];
    let mut left = seats;
    while left > 0 {
        let (greatest, with) = greatest_quotient(totals, &list_seats, &divisor);
        if with.len() as u64 > left {
            let score = Score::Quotient { votes: totals[greatest], divisor: divisor(list_seats[greatest]) };
            let between: Vec<Entrant> = with.into_iter().map(Entrant::List).collect();
            let won = tie_break.first(&between, left);
            tell_quotients(totals, &list_seats, &divisor, outcome);
            for list in outcome.tie(left, between, score, won).into_iter().filter_map(list) {
                list_seats[list] += 1;
            }
            return list_seats;
        }
        left -= with.len() as u64;
        for list in with {
            list_seats[list] += 1;
        }
    }
    tell_quotients(totals, &list_seats, &divisor, outcome);
    list_seats
}

/// The seats that the lists have without a tie.
fn tell_quotients(totals: &[u64], list_seats: &[u64], divisor: impl Fn(u64) -> u64, outcome: &mut Outcome) {
    for (list, (&votes, &seats)) in totals.iter().zip(list_seats).enumerate().filter(|(_, (_, seats))| **seats > 0) {
        outcome.steps.push(Step::Quotients { list, seats, votes, first: divisor(0), last: divisor(seats - 1) });
    }
}

/// The first list with the greatest quotient, and all that have it. Fractions are compared by their cross products.
fn greatest_quotient(totals: &[u64], seats: &[u64], divisor: impl Fn(u64) -> u64) -> (usize, Vec<usize>) {
    let compare = |a: usize, b: usize| {
        let product = |total: usize, of: usize| u128::from(totals[total]) * u128::from(divisor(seats[of]));
        product(a, b).cmp(&product(b, a))
    };
    let lists = 0..totals.len();
    let greatest = lists.clone().reduce(|best, list| if compare(list, best).is_gt() { list } else { best });
    let greatest = greatest.unwrap_or_default();
    (greatest, lists.filter(|&list| compare(list, greatest).is_eq()).collect())
}

/// "largest-remainder": whole shares first, the seats left by the remainders. Some list has votes.
fn largest_remainders(totals: &[u64], seats: u64, tie_break: &TieBreak, outcome: &mut Outcome) -> Vec<u64> {
    let all: u128 = totals.iter().copied().map(u128::from).sum();
    let mut list_seats = Vec::with_capacity(totals.len());
    let mut candidates = Vec::with_capacity(totals.len());
    for (list, &votes) in totals.iter().enumerate() {
        let share = u128::from(votes) * u128::from(seats);
        // A share of the seats is at most the seats.
        let whole = u64::try_from(share / all).unwrap_or(seats);
        let remainder = share % all;
        outcome.steps.push(Step::Quota { list, votes, whole, remainder });
        list_seats.push(whole);
        candidates.push((Entrant::List(list), remainder));
    }
    let left = seats.saturating_sub(list_seats.iter().sum());
    let won = outcome.settle(cut(candidates, left), Score::Remainder, tie_break);
    for list in won.into_iter().filter_map(list) {
        list_seats[list] += 1;
    }
    list_seats
}

fn list(entrant: Entrant) -> Option<usize> {
    match entrant {
        Entrant::List(list) => Some(list),
        Entrant::Option(_) => None,
    }
}
