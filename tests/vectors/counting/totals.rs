//! What has totals of options: "highest", and what is not counted at all.

use tabella_counting::rule::Method::{self, Highest};

use super::Sample;
use crate::question::{Question, allocation, choice, lists, positional, quadratic, ranking, score};

const NO_TIE_BREAK: Option<&[u64]> = None;

pub fn samples() -> Vec<Sample> {
    let counted = counted().into_iter().map(|(name, question, seats, tie_break, weight, totals)| {
        (format!("highest: {name}"), question.counted(Highest, seats, tie_break), weight, Some(totals.to_vec()))
    });
    let not_counted = not_counted()
        .into_iter()
        .map(|(name, question, weight, totals)| (name.to_owned(), question, weight, totals.map(<[u64]>::to_vec)));
    counted.chain(not_counted).collect()
}

/// The question, the seats, the tie-break, the weight of the ballots, the totals.
type Counted = (&'static str, Question, u64, Option<&'static [u64]>, u64, &'static [u64]);

fn counted() -> Vec<Counted> {
    let four = || choice(4, 1, 1, false);
    vec![
        ("one seat", four(), 1, NO_TIE_BREAK, 10, &[1, 4, 2, 3]),
        ("two seats", four(), 2, NO_TIE_BREAK, 10, &[1, 4, 2, 3]),
        ("as many seats as options", four(), 4, NO_TIE_BREAK, 10, &[0, 10, 0, 0]),
        ("a tie for the only seat", choice(3, 1, 1, false), 1, NO_TIE_BREAK, 29, &[12, 12, 5]),
        ("a tie for the only seat, with a tie-break", choice(3, 1, 1, false), 1, Some(&[1, 0, 2]), 29, &[12, 12, 5]),
        ("three tie for two of three seats", four(), 3, NO_TIE_BREAK, 12, &[2, 6, 2, 2]),
        ("three tie for two of three seats, with a tie-break", four(), 3, Some(&[3, 1, 2, 0]), 12, &[2, 6, 2, 2]),
        ("a tie above the last seat", four(), 2, Some(&[3, 2, 1, 0]), 10, &[4, 4, 1, 1]),
        ("a tie below the last seat", four(), 1, NO_TIE_BREAK, 10, &[6, 2, 1, 1]),
        ("everybody ties", four(), 2, NO_TIE_BREAK, 8, &[2, 2, 2, 2]),
        ("everybody ties, as many seats", four(), 4, NO_TIE_BREAK, 8, &[2, 2, 2, 2]),
        ("everybody ties with a tie-break", four(), 2, Some(&[2, 0, 3, 1]), 8, &[2, 2, 2, 2]),
        ("nobody chose anything", choice(3, 0, 2, false), 1, NO_TIE_BREAK, 5, &[0, 0, 0]),
        ("only blank votes", choice(2, 1, 1, true), 1, NO_TIE_BREAK, 5, &[0, 0, 5]),
        ("more blank votes than others", choice(3, 1, 1, true), 2, NO_TIE_BREAK, 9, &[1, 0, 2, 6]),
        ("one option", choice(1, 0, 1, false), 1, NO_TIE_BREAK, 3, &[0]),
        ("score", score(3, 5, 0, 10), 1, NO_TIE_BREAK, 4, &[13, 20, 7]),
        ("positional", positional(3, 1, &[3, 1]), 2, Some(&[2, 1, 0]), 4, &[7, 7, 2]),
        ("quadratic", quadratic(3, 9), 1, NO_TIE_BREAK, 5, &[9, 8, 9]),
        ("allocation", allocation(3, 100, false), 1, NO_TIE_BREAK, 3, &[99, 101, 100]),
        ("the high limb", allocation(3, 100_000, true), 1, NO_TIE_BREAK, 3, &[65_535, 1, 0, 2, 100_000, 0]),
        ("limbs that make a tie", allocation(2, 100_000, true), 1, NO_TIE_BREAK, 2, &[100_000, 0, 34_464, 1]),
        ("limbs of bits", allocation(2, 70_000, false), 1, Some(&[1, 0]), 1, &[35_000, 0, 35_000, 0]),
        (
            "the largest totals",
            allocation(2, (1 << 32) - 1, true),
            1,
            NO_TIE_BREAK,
            1 << 21,
            &[65_535 << 21, 65_535 << 21, 0, 0],
        ),
        ("options of lists", lists(&[2, 1], 0, 2), 2, NO_TIE_BREAK, 9, &[3, 6, 4, 5, 4]),
        ("options of lists that tie", lists(&[2, 2], 0, 2), 2, Some(&[5, 4, 3, 0, 2, 1]), 9, &[3, 5, 3, 3, 5, 4]),
        ("all options of lists", lists(&[0, 1, 1], 0, 1), 2, NO_TIE_BREAK, 3, &[0, 0, 3, 0, 0]),
    ]
}

/// The question, the weight of the ballots, the totals. Nobody voted, or there is no rule, or no sum.
fn not_counted() -> Vec<(&'static str, Question, u64, Option<&'static [u64]>)> {
    vec![
        ("no rule: choice", choice(2, 1, 1, true), 6, Some(&[1, 2, 3])),
        ("no rule: positional", positional(2, 0, &[2]), 6, Some(&[2, 8])),
        ("no rule: ranking", ranking(3, false), 5, Some(&[5, 3, 0])),
        ("no rule: ranking with ties", ranking(3, true), 5, Some(&[1, 2, 3, 0, 0, 4])),
        ("no rule: lists", lists(&[1, 0, 1], 0, 1), 5, Some(&[1, 2, 1, 1, 3])),
        ("no rule: allocation", allocation(2, 65_536, false), 5, Some(&[0, 5, 0, 0])),
        ("no ballot: highest", choice(3, 1, 1, true).counted(Highest, 1, NO_TIE_BREAK), 0, Some(&[0, 0, 0, 0])),
        ("no ballot: condorcet", ranking(2, false).counted(Method::Condorcet, 1, NO_TIE_BREAK), 0, Some(&[0])),
        (
            "no ballot: dhondt",
            lists(&[1, 1], 0, 1).counted(Method::DHondt, 3, Some(&[0, 1, 2, 3])),
            0,
            Some(&[0, 0, 0, 0]),
        ),
        ("withheld: highest", choice(3, 1, 1, true).counted(Highest, 1, NO_TIE_BREAK), 2, None),
        ("withheld: schulze", ranking(3, true).counted(Method::Schulze, 1, NO_TIE_BREAK), 2, None),
        ("withheld: no rule", lists(&[1, 1], 0, 1), 2, None),
    ]
}
