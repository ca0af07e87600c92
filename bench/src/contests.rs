//! What is measured: contests of every kind, a vote in each, and what peers have of them.

use tabella_election::contest::Selection;
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Positional, Quadratic, Ranking,
    Score,
};

/// One line of the table.
pub struct Row {
    /// What people read.
    pub name: String,
    /// The contest.
    pub contest: Contest,
    /// A vote in it.
    pub selection: Selection,
    /// The same kind at the peers'.
    pub peer: Option<Peer>,
    /// Whether verifying is to cost at most twice the floor.
    pub has_target: bool,
}

/// Kinds that elastic-elgamal has, and Belenios the first of them.
#[derive(Debug, Clone, Copy)]
pub enum Peer {
    /// One of so many options.
    Choice(usize),
    /// So many options and credits.
    Quadratic(usize, u64),
}

/// All lines, in their order.
pub fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = [2, 5, 10, 50].into_iter().map(one_of).collect();
    rows.extend([
        row("choice: 0 to 10 of 10", 10, choice(0, 10), Selection::Options([1, 4, 5].into())),
        row("score: 10 options, 0 to 7 points, up to 30", 10, score(7, 0, 30), numbers(10, &[7, 0, 5, 1])),
        row("score: 7 options, 1 to 3 points in all", 7, score(3, 1, 3), numbers(7, &[1, 0, 2])),
        row("positional: 3 of 24 (3, 2, 1)", 24, positional(3, &[3, 2, 1]), order(&[4, 20, 7])),
        row("positional: 9 of 10 (Borda)", 10, positional(9, &BORDA), order(&[3, 1, 4, 5, 9, 2, 6, 0, 7])),
        quadratic(10, 49),
        row("ranking: 10, strict", 10, ranking(false), order(&[3, 1, 4, 5, 9, 2, 6, 0, 7, 8])),
        row("ranking: 10, with ties", 10, ranking(true), order(&[3, 1, 4])),
        row("ranking: 20, with ties", 20, ranking(true), order(&[3, 1, 14])),
        row("lists: 5 of 10 options, up to 3", 50, lists(5, 10, 3), list_vote()),
    ]);
    for (amount, name) in [(100, "100"), (u64::from(u32::MAX), "2^32 − 1")] {
        for (range, encoding) in [(false, "bits"), (true, "range proof")] {
            let kind = ContestKind::Allocation(Allocation { amount, range });
            let vote = numbers(10, &[amount - 30, 10, 20]);
            rows.push(Row {
                has_target: false,
                ..row(&format!("allocation: {name} over 10, {encoding}"), 10, kind, vote)
            });
        }
    }
    rows
}

/// The last of 10 options earns nothing, and needs no rank.
const BORDA: [u64; 9] = [9, 8, 7, 6, 5, 4, 3, 2, 1];

fn one_of(options: usize) -> Row {
    let vote = Selection::Options([1].into());
    let has_target = options >= 10;
    let peer = Some(Peer::Choice(options));
    Row { peer, has_target, ..row(&format!("choice: 1 of {options}"), options, choice(1, 1), vote) }
}

fn quadratic(options: usize, credits: u64) -> Row {
    let kind = ContestKind::Quadratic(Quadratic { credits });
    let vote = numbers(options, &[4, 3, 2, 1]);
    let name = format!("quadratic: {options} options, {credits} credits");
    Row { peer: Some(Peer::Quadratic(options, credits)), ..row(&name, options, kind, vote) }
}

fn row(name: &str, options: usize, kind: ContestKind, selection: Selection) -> Row {
    let option = |number: usize| ContestOption { id: number.to_string(), title: number.to_string() };
    let contest = Contest {
        id: "c".to_owned(),
        title: name.to_owned(),
        options: (0..options).map(option).collect(),
        kind,
        counting: Counting(None),
    };
    let has_target = contest.size().slots >= 10;
    Row { name: name.to_owned(), contest, selection, peer: None, has_target }
}

fn choice(min: u64, max: u64) -> ContestKind {
    ContestKind::Choice(Choice { min, max, blank: false })
}

fn score(most: u64, min: u64, max: u64) -> ContestKind {
    ContestKind::Score(Score { most, min, max })
}

fn positional(min: u64, weights: &[u64]) -> ContestKind {
    ContestKind::Positional(Positional { min, weights: weights.to_vec() })
}

fn ranking(ties: bool) -> ContestKind {
    ContestKind::Ranking(Ranking { ties })
}

fn lists(lists: u64, options: u64, max: u64) -> ContestKind {
    let list = |number: u64| List { id: number.to_string(), title: number.to_string(), options };
    ContestKind::Lists(Lists { lists: (0..lists).map(list).collect(), min: 0, max })
}

fn list_vote() -> Selection {
    Selection::List { list: 2, options: [21, 25].into() }
}

/// These numbers for the first options, and 0 for the others.
fn numbers(options: usize, first: &[u64]) -> Selection {
    let mut numbers = first.to_vec();
    numbers.resize(options, 0);
    Selection::Numbers(numbers)
}

fn order(options: &[usize]) -> Selection {
    Selection::Ranking(options.iter().map(|option| [*option].into()).collect())
}
