//! Questions in short: contests without their words.

use serde_json::{Value, json};
use tabella_counting::rule::{CountingRule, Method};
use tabella_crypto::shape::Shape;
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Positional, Quadratic, Ranking,
    Score,
};

/// What is asked, and how the answers are counted.
#[derive(Clone)]
pub struct Question {
    /// How many there are.
    pub options: usize,
    pub kind: ContestKind,
    pub counting: Option<CountingRule>,
}

pub fn choice(options: usize, min: u64, max: u64, blank: bool) -> Question {
    Question::new(options, ContestKind::Choice(Choice { min, max, blank }))
}

pub fn score(options: usize, most: u64, min: u64, max: u64) -> Question {
    Question::new(options, ContestKind::Score(Score { most, min, max }))
}

pub fn positional(options: usize, min: u64, weights: &[u64]) -> Question {
    Question::new(options, ContestKind::Positional(Positional { min, weights: weights.to_vec() }))
}

pub fn quadratic(options: usize, credits: u64) -> Question {
    Question::new(options, ContestKind::Quadratic(Quadratic { credits }))
}

pub fn ranking(options: usize, ties: bool) -> Question {
    Question::new(options, ContestKind::Ranking(Ranking { ties }))
}

/// Lists of so many options each.
pub fn lists(sizes: &[u64], min: u64, max: u64) -> Question {
    let list = |(number, options): (u64, &u64)| List {
        id: format!("l{number}"),
        title: format!("List {number}"),
        options: *options,
    };
    let lists = (1..).zip(sizes).map(list).collect();
    let options = sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(*size));
    // No contest has as many options as some lists claim.
    Question::new(options.min(1_000) as usize, ContestKind::Lists(Lists { lists, min, max }))
}

pub fn allocation(options: usize, amount: u64, range: bool) -> Question {
    Question::new(options, ContestKind::Allocation(Allocation { amount, range }))
}

impl Question {
    fn new(options: usize, kind: ContestKind) -> Self {
        Self { options, kind, counting: None }
    }

    pub fn counted(self, method: Method, seats: u64, tie_break: Option<&[u64]>) -> Self {
        let counting = Some(CountingRule { method, seats, tie_break: tie_break.map(<[u64]>::to_vec) });
        Self { counting, ..self }
    }

    pub fn contest(&self, number: usize) -> Contest {
        let option = |option| ContestOption { id: format!("o{option}"), title: format!("Option {option}") };
        Contest {
            id: format!("c{number}"),
            title: format!("Question {number}"),
            options: (1..=self.options).map(option).collect(),
            kind: self.kind.clone(),
            counting: Counting(self.counting.clone()),
        }
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.contest(0).size().slots
    }

    /// The `contest` of the files.
    pub fn json(&self) -> Value {
        let mut fields = match &self.kind {
            ContestKind::Choice(Choice { min, max, blank }) => json!({ "min": min, "max": max, "blank": blank }),
            ContestKind::Score(Score { most, min, max }) => json!({ "most": most, "min": min, "max": max }),
            ContestKind::Positional(Positional { min, weights }) => json!({ "min": min, "weights": weights }),
            ContestKind::Quadratic(Quadratic { credits }) => json!({ "credits": credits }),
            ContestKind::Ranking(Ranking { ties }) => json!({ "ties": ties }),
            ContestKind::Lists(Lists { lists, min, max }) => {
                let sizes: Vec<u64> = lists.iter().map(|list| list.options).collect();
                json!({ "lists": sizes, "min": min, "max": max })
            }
            ContestKind::Allocation(Allocation { amount, range }) => json!({ "amount": amount, "range": range }),
        };
        fields["kind"] = json!(self.kind.name());
        fields["options"] = json!(self.options);
        fields
    }

    /// The `counting` of the files.
    pub fn counting_json(&self) -> Value {
        let rule = |rule: &CountingRule| json!({ "method": rule.method.as_str(), "seats": rule.seats, "tie_break": rule.tie_break });
        json!(self.counting.as_ref().map(rule))
    }
}

/// The shape of a ballot with these questions.
pub fn shape(questions: &[Question]) -> Shape {
    let shapes: Vec<Shape> = questions.iter().map(|question| question.contest(0).shape().unwrap()).collect();
    Shape::join(&shapes).unwrap()
}

/// The `contests` of the files.
pub fn contests_json(questions: &[Question]) -> Value {
    questions.iter().map(Question::json).collect()
}
