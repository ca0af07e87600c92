//! Questions of every kind, from the smallest on, each with some votes.

use crate::answer::Answer::{self, Blank, Chosen, List, Numbers, Places, Ranks};
use crate::question::{Question, allocation, choice, lists, positional, quadratic, ranking, score};

/// The largest amount.
const MOST: u64 = (1 << 32) - 1;

/// A question with its name, some votes, and coordinates to be tried: of shapes with ranged slots, which have more
/// values than can be drawn.
pub type Sample = (&'static str, Question, &'static [Answer], &'static [&'static [u64]]);

pub fn alone() -> Vec<Sample> {
    [choices(), scores(), positionals(), quadratics(), rankings(), parties(), allocations(), ranged()].concat()
}

fn choices() -> Vec<Sample> {
    vec![
        ("one of two", choice(2, 1, 1, false), &[Chosen(&[1]), Chosen(&[2])], &[]),
        ("one of three, or blank", choice(3, 1, 1, true), &[Chosen(&[1]), Chosen(&[3]), Blank], &[]),
        ("one option, or none", choice(1, 0, 1, false), &[Chosen(&[1]), Chosen(&[])], &[]),
        ("one option and no choice", choice(1, 1, 1, false), &[Chosen(&[1])], &[]),
        ("both of two", choice(2, 2, 2, false), &[Chosen(&[1, 2])], &[]),
        (
            "at most three of four",
            choice(4, 0, 3, false),
            &[Chosen(&[]), Chosen(&[2]), Chosen(&[1, 4]), Chosen(&[2, 3, 4])],
            &[],
        ),
        (
            "at most five of six, or blank",
            choice(6, 0, 5, true),
            &[Chosen(&[]), Chosen(&[6]), Chosen(&[1, 2, 3]), Blank],
            &[],
        ),
        (
            "one to nine of ten",
            choice(10, 1, 9, false),
            &[Chosen(&[10]), Chosen(&[1, 2, 3, 4, 5]), Chosen(&[4, 7])],
            &[],
        ),
        (
            "two to four of thirty, or blank",
            choice(30, 2, 4, true),
            &[Chosen(&[1, 30]), Chosen(&[5, 6, 7]), Blank],
            &[],
        ),
    ]
}

fn scores() -> Vec<Sample> {
    vec![
        ("score: a point or none", score(1, 1, 0, 1), &[Numbers(&[0]), Numbers(&[1])], &[]),
        ("score: one option and no choice", score(1, 7, 7, 7), &[Numbers(&[7])], &[]),
        ("score: any of two", score(2, 3, 0, 6), &[Numbers(&[0, 0]), Numbers(&[2, 1]), Numbers(&[3, 3])], &[]),
        (
            "score: 2 to 9, up to 5 for each",
            score(3, 5, 2, 9),
            &[Numbers(&[2, 0, 0]), Numbers(&[0, 0, 5]), Numbers(&[5, 1, 3])],
            &[],
        ),
        (
            "score: exactly 10, up to 8 for each",
            score(4, 8, 10, 10),
            &[Numbers(&[8, 1, 1, 0]), Numbers(&[0, 0, 2, 8]), Numbers(&[1, 2, 3, 4])],
            &[],
        ),
        ("score: at most 3, up to 5 for each", score(2, 5, 0, 3), &[Numbers(&[3, 0]), Numbers(&[1, 1])], &[]),
        (
            "score: up to a million for each",
            score(2, 1_000_000, 0, 2_000_000),
            &[Numbers(&[1_000_000, 1_000_000]), Numbers(&[0, 524_288]), Numbers(&[475_713, 999_999])],
            &[],
        ),
    ]
}

fn positionals() -> Vec<Sample> {
    vec![
        ("positional: one option, or none", positional(1, 0, &[1]), &[Ranks(&[1]), Ranks(&[])], &[]),
        ("positional: one option and no choice", positional(1, 1, &[1_000_000]), &[Ranks(&[1])], &[]),
        ("positional: the best of three", positional(3, 1, &[7]), &[Ranks(&[1]), Ranks(&[3])], &[]),
        ("positional: all of two", positional(2, 2, &[1, 0]), &[Ranks(&[1, 2]), Ranks(&[2, 1])], &[]),
        ("positional: none to two of two", positional(2, 0, &[2, 1]), &[Ranks(&[]), Ranks(&[1]), Ranks(&[2, 1])], &[]),
        (
            "positional: all of three, the last for nothing",
            positional(3, 3, &[2, 1, 0]),
            &[Ranks(&[1, 2, 3]), Ranks(&[3, 1, 2])],
            &[],
        ),
        (
            "positional: two or three of four, ranks alike",
            positional(4, 2, &[5, 5, 0]),
            &[Ranks(&[4, 1]), Ranks(&[2, 4, 3])],
            &[],
        ),
        (
            "positional: one to ten of ten",
            positional(10, 1, &[12, 10, 8, 7, 6, 5, 4, 3, 2, 1]),
            &[Ranks(&[10]), Ranks(&[3, 1, 4]), Ranks(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])],
            &[],
        ),
    ]
}

fn quadratics() -> Vec<Sample> {
    vec![
        ("quadratic: one credit", quadratic(1, 1), &[Numbers(&[0]), Numbers(&[1])], &[]),
        ("quadratic: two credits", quadratic(2, 2), &[Numbers(&[1, 1]), Numbers(&[0, 1])], &[]),
        (
            "quadratic: nine credits",
            quadratic(3, 9),
            &[Numbers(&[3, 0, 0]), Numbers(&[2, 2, 1]), Numbers(&[0, 0, 1])],
            &[],
        ),
        ("quadratic: 99 credits", quadratic(4, 99), &[Numbers(&[9, 3, 3, 0]), Numbers(&[5, 5, 5, 4])], &[]),
        (
            "quadratic: a million credits",
            quadratic(2, 1_000_000),
            &[Numbers(&[1_000, 0]), Numbers(&[600, 800]), Numbers(&[511, 512])],
            &[],
        ),
    ]
}

fn rankings() -> Vec<Sample> {
    vec![
        ("ranking: two", ranking(2, false), &[Places(&[&[1], &[2]]), Places(&[&[2], &[1]])], &[]),
        (
            "ranking: two, with ties",
            ranking(2, true),
            &[Places(&[&[1], &[2]]), Places(&[&[2], &[1]]), Places(&[&[1, 2]])],
            &[],
        ),
        ("ranking: three", ranking(3, false), &[Places(&[&[1], &[2], &[3]]), Places(&[&[3], &[1], &[2]])], &[]),
        (
            "ranking: three, with ties",
            ranking(3, true),
            &[Places(&[&[1, 2, 3]]), Places(&[&[2], &[1, 3]]), Places(&[&[3], &[2], &[1]])],
            &[],
        ),
        (
            "ranking: five",
            ranking(5, false),
            &[Places(&[&[5], &[4], &[3], &[2], &[1]]), Places(&[&[2], &[5], &[1], &[3], &[4]])],
            &[],
        ),
        (
            "ranking: four, with ties",
            ranking(4, true),
            &[Places(&[&[2], &[1, 3], &[4]]), Places(&[&[1, 4], &[2, 3]])],
            &[],
        ),
    ]
}

fn parties() -> Vec<Sample> {
    vec![
        ("lists: one without options", lists(&[0], 0, 1), &[List(1, &[])], &[]),
        ("lists: two without options", lists(&[0, 0], 0, 1), &[List(1, &[]), List(2, &[])], &[]),
        ("lists: one with one option", lists(&[1], 0, 1), &[List(1, &[]), List(1, &[1])], &[]),
        ("lists: all of one", lists(&[3], 3, 3), &[List(1, &[1, 2, 3])], &[]),
        ("lists: one option of two lists", lists(&[1, 2], 1, 1), &[List(1, &[1]), List(2, &[3])], &[]),
        (
            "lists: at most two, one list without options",
            lists(&[2, 3, 0], 0, 2),
            &[List(1, &[]), List(2, &[3, 5]), List(2, &[4]), List(3, &[])],
            &[],
        ),
        (
            "lists: two or three",
            lists(&[2, 2, 4], 2, 3),
            &[List(1, &[1, 2]), List(3, &[5, 8]), List(3, &[6, 7, 8])],
            &[],
        ),
        (
            "lists: more may be chosen than there are",
            lists(&[0, 1, 0, 2], 0, 5),
            &[List(1, &[]), List(2, &[1]), List(4, &[2, 3]), List(4, &[])],
            &[],
        ),
    ]
}

fn allocations() -> Vec<Sample> {
    vec![
        ("allocation: one option and one unit", allocation(1, 1, false), &[Numbers(&[1])], &[]),
        ("allocation: one option", allocation(1, 5, false), &[Numbers(&[5])], &[]),
        ("allocation: five", allocation(2, 5, false), &[Numbers(&[5, 0]), Numbers(&[2, 3])], &[]),
        (
            "allocation: 2^16 − 1",
            allocation(3, 65_535, false),
            &[Numbers(&[65_535, 0, 0]), Numbers(&[1, 32_768, 32_766])],
            &[],
        ),
        (
            "allocation: 2^16",
            allocation(2, 65_536, false),
            &[Numbers(&[65_536, 0]), Numbers(&[0, 65_536]), Numbers(&[65_535, 1])],
            &[],
        ),
        (
            "allocation: 2^32 − 1",
            allocation(2, MOST, false),
            &[Numbers(&[MOST, 0]), Numbers(&[0, MOST]), Numbers(&[65_536, MOST - 65_536])],
            &[],
        ),
    ]
}

fn ranged() -> Vec<Sample> {
    vec![
        ("range: one option and one unit", allocation(1, 1, true), &[Numbers(&[1])], &[]),
        ("range: one option", allocation(1, 70_000, true), &[Numbers(&[70_000])], &[&[0], &[1], &[2]]),
        (
            "range: a thousand",
            allocation(3, 1_000, true),
            &[Numbers(&[1_000, 0, 0]), Numbers(&[0, 0, 1_000]), Numbers(&[1, 500, 499])],
            &[&[1_000, 1], &[1_001, 0], &[65_535, 0], &[65_536, 0], &[500, 500]],
        ),
        (
            "range: 2^16 − 1",
            allocation(2, 65_535, true),
            &[Numbers(&[65_535, 0]), Numbers(&[0, 65_535])],
            &[&[1], &[65_534], &[65_536]],
        ),
        (
            "range: 2^16",
            allocation(2, 65_536, true),
            &[Numbers(&[65_536, 0]), Numbers(&[0, 65_536]), Numbers(&[65_535, 1])],
            &[&[0, 0, 0], &[1, 0, 0], &[0, 1, 1], &[0, 2, 0], &[65_535, 1, 0], &[65_536, 0, 0]],
        ),
        (
            "range: 2^32 − 1",
            allocation(2, MOST, true),
            &[Numbers(&[MOST, 0]), Numbers(&[0, MOST]), Numbers(&[65_536, MOST - 65_536])],
            &[
                &[65_535, 65_535, 0],
                &[0, 65_535, 65_535],
                &[0, 0, 65_536],
                &[0, 65_534, 0],
                &[65_535, 0, 65_534],
                &[65_536, 65_534, 0],
            ],
        ),
    ]
}

/// Contests of several kinds on ballots of several styles, with votes for each style.
pub type Joined = (&'static str, Vec<Question>, Vec<Vec<usize>>, Vec<Vec<Vec<Answer>>>);

pub fn joined() -> Vec<Joined> {
    vec![
        (
            "three contests",
            vec![choice(2, 1, 1, true), choice(3, 0, 2, false), choice(2, 1, 1, false)],
            vec![vec![0, 1, 2], vec![1], vec![0, 2]],
            vec![
                vec![vec![Chosen(&[1]), Chosen(&[1, 3]), Chosen(&[2])], vec![Blank, Chosen(&[]), Chosen(&[1])]],
                vec![vec![Chosen(&[2])]],
                vec![vec![Blank, Chosen(&[2])]],
            ],
        ),
        (
            "every kind",
            vec![
                choice(2, 1, 1, true),
                allocation(2, 300, true),
                score(2, 3, 1, 4),
                ranking(3, true),
                allocation(2, 80_000, true),
                lists(&[1, 2, 0], 0, 2),
                positional(3, 1, &[3, 1]),
                quadratic(2, 5),
                ranking(3, false),
                allocation(2, 9, false),
            ],
            vec![(0..10).collect(), vec![1, 4], vec![0, 4, 8], vec![2, 5, 9]],
            vec![
                vec![vec![
                    Blank,
                    Numbers(&[299, 1]),
                    Numbers(&[1, 3]),
                    Places(&[&[1, 3], &[2]]),
                    Numbers(&[65_537, 14_463]),
                    List(2, &[2, 3]),
                    Ranks(&[3, 1]),
                    Numbers(&[2, 1]),
                    Places(&[&[2], &[3], &[1]]),
                    Numbers(&[4, 5]),
                ]],
                vec![vec![Numbers(&[0, 300]), Numbers(&[0, 80_000])]],
                vec![vec![Chosen(&[2]), Numbers(&[65_536, 14_464]), Places(&[&[3], &[2], &[1]])]],
                vec![vec![Numbers(&[1, 0]), List(3, &[]), Numbers(&[0, 9])]],
            ],
        ),
    ]
}
