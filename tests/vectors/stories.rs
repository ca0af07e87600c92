//! The two elections of which the files tell.

use std::sync::LazyLock;

use tabella_counting::rule::Method;

use crate::answer::Answer::{self, Blank, Chosen, List, Numbers, Places, Ranks};
use crate::manifest::Plan;
use crate::play::Script;
use crate::question::{allocation, choice, lists, positional, quadratic, ranking, score};
use crate::story::{Answers, Opened, Plot};

/// Nothing but choices, for everything that every kind has in common.
pub static OPENED: LazyLock<Opened> = LazyLock::new(|| Opened::new(choices()));

/// A contest of every kind, each alone on the ballots of a style: that of its number. [`SEVERAL`] and [`ALL`] have
/// more.
pub static KINDS: LazyLock<Opened> = LazyLock::new(|| Opened::new(kinds()));

/// The contests of [`KINDS`], which are its first styles.
pub const CHOICE: u64 = 0;
pub const SCORE: u64 = 1;
pub const POSITIONAL: u64 = 2;
pub const QUADRATIC: u64 = 3;
pub const RANKING: u64 = 4;
pub const TIES: u64 = 5;
pub const LISTS: u64 = 6;
pub const BITS: u64 = 7;
pub const LIMBS: u64 = 8;
pub const RANGE: u64 = 9;
pub const RANGE_LIMBS: u64 = 10;
/// A range proof for some of the slots, before and after others.
pub const SEVERAL: u64 = 11;
/// Every contest.
pub const ALL: u64 = 12;

/// What is split in the contest [`RANGE_LIMBS`].
pub const AMOUNT: u64 = (1 << 32) - 1;

fn choices() -> Plot {
    let plan = Plan {
        id: "story",
        contests: vec![
            choice(3, 1, 1, true),
            choice(4, 0, 3, false),
            choice(2, 1, 1, false),
            choice(2, 0, 1, true),
            choice(1, 0, 1, false),
        ],
        styles: vec![vec![0, 1, 2], vec![0, 1], vec![3], vec![0, 1, 4]],
        trustees: 4,
        threshold: 2,
        quorum: 2,
        minimum: 2,
    };
    let script =
        Script { restarts: 1, silent: [vec![], vec![2], vec![]], answers: vec![1, 4], ..Script::honest("story", plan) };
    Plot {
        script,
        voters: vec![(0, 1), (0, 2), (1, 3), (1, 1), (2, 1), (3, 5), (3, 1), (0, 1)],
        checked: (7, vec![Blank, Chosen(&[]), Chosen(&[1])]),
    }
}

fn kinds() -> Plot {
    let contests = vec![
        choice(2, 1, 1, true).counted(Method::Highest, 1, Some(&[1, 0])),
        score(3, 5, 2, 9),
        positional(4, 1, &[5, 3, 1]).counted(Method::Highest, 2, None),
        quadratic(3, 9),
        ranking(4, false).counted(Method::Condorcet, 1, None),
        ranking(3, true).counted(Method::Schulze, 1, Some(&[2, 0, 1])),
        lists(&[2, 3, 0], 0, 2).counted(Method::SainteLague, 5, Some(&[7, 6, 5, 4, 3, 2, 1, 0])),
        allocation(3, 5, false),
        allocation(2, 100_000, false),
        allocation(3, 1_000, true),
        allocation(2, AMOUNT, true),
    ];
    let mut styles: Vec<Vec<u64>> = (CHOICE..=RANGE_LIMBS).map(|contest| vec![contest]).collect();
    styles.push(vec![CHOICE, LISTS, RANGE, RANGE_LIMBS]);
    styles.push((CHOICE..=RANGE_LIMBS).collect());
    let plan = Plan { id: "kinds", contests, styles, trustees: 3, threshold: 2, quorum: 2, minimum: 2 };
    let script = Script { answers: vec![1, 2, 3], ..Script::honest("kinds", plan) };
    // One voter of each style, and another two.
    let mut voters: Vec<(u64, u64)> = (CHOICE..=ALL).map(|style| (style, 1 + style % 3)).collect();
    voters.extend([(ALL, 1_000_000), (SEVERAL, 7)]);
    Plot { script, voters, checked: (RANGE as usize, vec![Numbers(&[1, 2, 997])]) }
}

/// A vote for each style of [`KINDS`] with one contest, in their order.
pub const ALONE: [(&str, Answer); 11] = [
    ("choice", Chosen(&[2])),
    ("score", Numbers(&[0, 4, 5])),
    ("positional", Ranks(&[3, 1])),
    ("quadratic", Numbers(&[2, 2, 1])),
    ("ranking", Places(&[&[2], &[4], &[1], &[3]])),
    ("ranking with ties", Places(&[&[2, 3], &[1]])),
    ("lists", List(2, &[3, 5])),
    ("allocation", Numbers(&[0, 4, 1])),
    ("allocation of a large amount", Numbers(&[70_000, 30_000])),
    ("allocation with a range proof", Numbers(&[600, 0, 400])),
    ("allocation of a large amount with a range proof", Numbers(&[AMOUNT - 65_536, 65_536])),
];

/// A vote of the style [`SEVERAL`].
pub fn vote_of_several() -> Answers {
    vec![Chosen(&[1]), List(1, &[]), Numbers(&[0, 0, 1_000]), Numbers(&[AMOUNT, 0])]
}

/// A vote of the style [`ALL`].
pub fn vote_of_all() -> Answers {
    vec![
        Blank,
        Numbers(&[5, 4, 0]),
        Ranks(&[4, 3, 2]),
        Numbers(&[0, 0, 3]),
        Places(&[&[4], &[3], &[2], &[1]]),
        Places(&[&[1, 2, 3]]),
        List(3, &[]),
        Numbers(&[5, 0, 0]),
        Numbers(&[0, 100_000]),
        Numbers(&[0, 1_000, 0]),
        Numbers(&[0, AMOUNT]),
    ]
}
