//! What elections ask, and what voters answer.

use crate::prover::Form;
use crate::questions::{Kind, Question, counted_by};
use crate::shapes::Shape;
use std::ops::Range;

/// Contests, styles and votes.
#[derive(Clone)]
pub struct Paper {
    pub questions: Vec<Question>,
    /// The contests of each style.
    pub styles: Vec<Vec<usize>>,
    /// The votes of the five ballots in [`crate::world::World::vote`], the second of which is challenged, on each contest.
    pub votes: Vec<[Vec<u64>; 5]>,
}

impl Paper {
    /// One style of one contest.
    pub fn single(question: Question, votes: [&[u64]; 5]) -> Self {
        Self { questions: vec![question], styles: vec![vec![0]], votes: vec![votes.map(<[u64]>::to_vec)] }
    }

    /// The slots of each contest, counted from 0.
    pub fn ranges(&self) -> Vec<Range<usize>> {
        let mut next = 0;
        let range = |question: &Question| {
            let first = next;
            next += question.slots();
            first..next
        };
        self.questions.iter().map(range).collect()
    }

    pub fn slots(&self) -> usize {
        self.ranges().last().unwrap().end
    }

    pub fn forms(&self) -> Vec<Form> {
        let ranges = self.ranges();
        let form = |(style, contests): (usize, &Vec<usize>)| {
            let questions: Vec<&Question> = contests.iter().map(|contest| &self.questions[*contest]).collect();
            let shape = Shape::of(&questions);
            let contests = contests.iter().map(|contest| (*contest as u64, ranges[*contest].clone())).collect();
            Form { style, digest: shape.digest(style), shape, contests }
        };
        self.styles.iter().enumerate().map(form).collect()
    }

    /// Contests that occur in the same styles, with these styles.
    pub fn groups(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        for contest in 0..self.questions.len() {
            let styles = (0..self.styles.len()).filter(|style| self.styles[*style].contains(&contest)).collect();
            match groups.iter_mut().find(|(_, known)| *known == styles) {
                Some((contests, _)) => contests.push(contest),
                None => groups.push((vec![contest], styles)),
            }
        }
        groups
    }

    /// The coordinates of one of the ballots, in a style.
    pub fn coordinates(&self, style: usize, ballot: usize) -> Vec<u64> {
        let of = |contest: &usize| self.questions[*contest].coordinates(&self.votes[*contest][ballot]);
        self.styles[style].iter().flat_map(of).collect()
    }
}

/// Choose 1..2 of 3 or blank, and 1 of 2. Style 1 has only the first.
pub fn two_choices() -> Paper {
    let first = Question::new("a", 3, Kind::Choice { min: 1, max: 2, blank: true });
    let second = Question::new("b", 2, Kind::Choice { min: 1, max: 1, blank: false });
    Paper {
        questions: vec![first, second],
        styles: vec![vec![0, 1], vec![0]],
        votes: vec![
            [&[1, 0, 1, 0], &[0, 0, 0, 1], &[0, 1, 0, 0], &[0, 0, 0, 1], &[1, 1, 0, 0]]
                .map(|vote: &[u64; 4]| vote.to_vec()),
            [&[1, 0], &[0, 1], &[0, 1], &[1, 0], &[1, 0]].map(|vote: &[u64; 2]| vote.to_vec()),
        ],
    }
}

pub fn score() -> Paper {
    let question = Question::new("s", 3, Kind::Score { most: 5, min: 2, max: 8 });
    Paper::single(
        question.counted(counted_by("highest", 2, None)),
        [&[5, 0, 3], &[0, 0, 2], &[4, 4, 0], &[0, 5, 1], &[0, 1, 5]],
    )
}

pub fn positional() -> Paper {
    let question = Question::new("p", 4, Kind::Positional { min: 1, weights: vec![5, 3, 0] });
    Paper::single(
        question.counted(counted_by("highest", 1, Some(&[3, 2, 1, 0]))),
        [&[1, 2, 3, 0], &[0, 0, 0, 1], &[0, 2, 1, 0], &[0, 0, 1, 0], &[2, 1, 0, 3]],
    )
}

pub fn quadratic() -> Paper {
    let question = Question::new("q", 3, Kind::Quadratic { credits: 20 });
    Paper::single(
        question.counted(counted_by("highest", 1, None)),
        [&[4, 2, 0], &[0, 0, 0], &[3, 3, 1], &[0, 0, 4], &[1, 1, 1]],
    )
}

pub fn ranking(ties: bool, method: &str) -> Paper {
    let question = Question::new("r", 4, Kind::Ranking { ties }).counted(counted_by(method, 1, None));
    let third: &[u64] = if ties { &[1, 1, 0, 0] } else { &[3, 1, 2, 0] };
    Paper::single(question, [&[0, 1, 2, 3], &[3, 2, 1, 0], &[1, 0, 2, 3], third, &[2, 0, 1, 3]])
}

pub fn lists(method: &str) -> Paper {
    let kind = Kind::Lists { sizes: vec![2, 0, 3], min: 0, max: 2 };
    let question = Question::new("l", 5, kind).counted(counted_by(method, 3, None));
    Paper::single(
        question,
        [
            &[1, 0, 0, 0, 0, 1, 0, 0],
            &[0, 0, 0, 0, 0, 0, 1, 0],
            &[0, 0, 1, 0, 1, 0, 0, 1],
            &[1, 1, 0, 0, 0, 1, 0, 0],
            &[0, 0, 0, 1, 0, 0, 0, 1],
        ],
    )
}

pub fn allocation(amount: u64, range: bool) -> Paper {
    let question = Question::new("m", 3, Kind::Allocation { amount, range }).counted(counted_by("highest", 1, None));
    let votes = [
        [1, 0, amount - 1],
        [0, amount, 0],
        [amount / 3, amount / 2, amount - amount / 3 - amount / 2],
        [amount - 2, 1, 1],
        [0, 0, amount],
    ];
    Paper { questions: vec![question], styles: vec![vec![0]], votes: vec![votes.map(|vote| vote.to_vec())] }
}

/// Every kind on one ballot; style 1 has those of even number.
pub fn all_kinds() -> Paper {
    let papers = [
        two_choices(),
        ranking(true, "schulze"),
        allocation(1_000_000, true),
        quadratic(),
        lists("dhondt"),
        allocation(70_000, false),
        positional(),
        ranking(false, "ranked-pairs"),
        score(),
        allocation(60_000, true),
    ];
    let ids = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let first = |paper: Paper| (paper.questions[0].clone(), paper.votes[0].clone());
    let (questions, votes): (Vec<Question>, Vec<[Vec<u64>; 5]>) = papers.into_iter().map(first).unzip();
    let questions = questions.into_iter().zip(ids).map(|(question, id)| Question { id, ..question }).collect();
    Paper { questions, styles: vec![(0..10).collect(), (0..10).step_by(2).collect()], votes }
}

/// Every kind on a ballot of its own, then those with range proofs together, then all.
pub fn kinds_apart() -> Paper {
    let together = [vec![2, 9], (0..10).collect()];
    Paper { styles: (0..10).map(|contest| vec![contest]).chain(together).collect(), ..all_kinds() }
}
