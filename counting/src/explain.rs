//! The steps of a count as sentences for people. The words are not fixed (specs/counting.md#json).

use crate::outcome::{Entrant, Outcome, Score, Standing, Step};
use crate::totals::Strength;

impl Outcome {
    /// How the outcome came about, a sentence for each step, with the titles that the caller knows.
    pub fn explain(&self, title: impl Fn(Entrant) -> String) -> Vec<String> {
        let mut sentences: Vec<String> = self.steps.iter().map(|step| sentence(step, &title)).collect();
        if self.undecided.iter().any(|tie| tie.options.is_empty() && tie.lists.is_empty()) {
            sentences.push("No option beats every other, so nobody is elected.".to_owned());
        }
        sentences
    }
}

fn sentence(step: &Step, title: &impl Fn(Entrant) -> String) -> String {
    let option = |option: usize| title(Entrant::Option(option));
    let list = |list: usize| title(Entrant::List(list));
    match step {
        Step::Fill { list: None, seats: 1 } => "The seat goes to the option with the highest total.".to_owned(),
        Step::Fill { list: None, seats } => format!("The {seats} seats go to the options with the highest totals."),
        Step::Fill { list: Some(number), seats } => {
            format!("{} has {}, which its options fill by their totals.", list(*number), count(*seats))
        }
        Step::Seat { entrant: Entrant::Option(number), score } => {
            format!("{} is elected{}.", option(*number), with(*score))
        }
        Step::Seat { entrant: Entrant::List(number), score } => {
            format!("{} gets a seat{}.", list(*number), with(*score))
        }
        Step::Tie { seats, between, score, won } => {
            let tied = names(between, title);
            let tie = format!("{tied} tie for {}{}", count(*seats), with(*score));
            match won {
                Some(won) => format!("{tie}; the tie-break of the manifest decides for {}.", names(won, title)),
                None => format!("{tie}; nothing decides between them."),
            }
        }
        Step::Vacant { seats: 1 } => "1 seat is vacant: nobody is left to take it.".to_owned(),
        Step::Vacant { seats } => format!("{seats} seats are vacant: nobody is left to take them."),
        Step::Beats { winner, loser, strength } => {
            format!("{} beats {} {}.", option(*winner), option(*loser), by(*strength))
        }
        Step::Fails { option: number, other, support, against } => {
            format!("{} does not beat {}: {support} to {against}.", option(*number), option(*other))
        }
        Step::Record { option: number, beats, level } => {
            format!("{} beats {beats} and is level with {level}: {} points.", option(*number), 2 * beats + level)
        }
        Step::Paths { from, to, there, back } => {
            let back =
                back.map_or("none leads back".to_owned(), |back| format!("the one back has its weakest {}", by(back)));
            let (from, to, there) = (option(*from), option(*to), by(*there));
            format!("{from} stands above {to}: the strongest path has its weakest win {there}, {back}.")
        }
        Step::Lock { winner, loser, strength, standing } => {
            let kept = match standing {
                Standing::Sure => "kept",
                Standing::Possible => "not sure, since wins that are as strong may contradict it",
                Standing::Contradicted => "not kept, since stronger wins contradict it",
            };
            format!("{} over {} {}: {kept}.", option(*winner), option(*loser), by(*strength))
        }
        Step::OtherLocks { wins: 1 } => {
            "Gone through as well: 1 win over an option that loses by a kept win above.".to_owned()
        }
        Step::OtherLocks { wins } => {
            format!("Gone through as well: {wins} wins over options that lose by a kept win above.")
        }
        Step::Quotients { list: number, seats: 1, votes, first, .. } => {
            format!("{} gets 1 seat with the quotient {votes}/{first}.", list(*number))
        }
        Step::Quotients { list: number, seats, votes, first, last } => {
            format!("{} gets {seats} seats with the quotients {votes}/{first} to {votes}/{last}.", list(*number))
        }
        Step::Quota { list: number, votes, whole, remainder } => {
            let whole = count(*whole);
            format!("{} with {votes}: {whole} by whole shares, remainder {remainder}.", list(*number))
        }
        Step::NoVotes => "No list has votes, so none gets a seat.".to_owned(),
        Step::Counted { list: number, seats } => {
            format!("{} has {}; it names no options that could take seats.", list(*number), count(*seats))
        }
    }
}

fn count(seats: u64) -> String {
    if seats == 1 { "1 seat".to_owned() } else { format!("{seats} seats") }
}

fn by(strength: Strength) -> String {
    format!("by {} to {}", strength.support, strength.against)
}

fn with(score: Score) -> String {
    match score {
        Score::Total(total) => format!(" with {total}"),
        Score::Points(points) => format!(" with {points} points"),
        Score::Quotient { votes, divisor } => format!(" with the quotient {votes}/{divisor}"),
        Score::Remainder(remainder) => format!(" with the remainder {remainder}"),
        Score::Candidate => String::new(),
    }
}

fn names(entrants: &[Entrant], title: &impl Fn(Entrant) -> String) -> String {
    let titles: Vec<String> = entrants.iter().map(|&entrant| title(entrant)).collect();
    match titles.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
