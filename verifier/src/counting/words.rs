//! Sentences that explain an outcome to people. Their words are not fixed by specs/counting.md#json.

use super::cut::{Cut, Tie};
use crate::contest::Contest;

/// As many wins are named as this.
const MOST_NAMED: usize = 10;

/// The titles of options and lists.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    contest: &'a Contest,
}

impl<'a> Words<'a> {
    pub fn new(contest: &'a Contest) -> Self {
        Self { contest }
    }

    /// The title of an entrant: options, then lists.
    pub fn name(self, entrant: usize) -> &'a str {
        let options = &self.contest.options;
        let of_option = options.get(entrant).map(|option| option.title.as_str());
        let list = || self.contest.lists().get(entrant.checked_sub(options.len())?).map(|list| list.title.as_str());
        of_option.or_else(list).unwrap_or_default()
    }

    /// "A", "A and B", "A, B and C".
    pub fn names(self, entrants: &[usize]) -> String {
        and(entrants.iter().map(|entrant| self.name(*entrant).to_owned()))
    }

    /// "A (12) and B (9)".
    fn scored(self, entrants: &[usize], score: impl Fn(usize) -> u128) -> String {
        and(entrants.iter().map(|entrant| format!("{} ({})", self.name(*entrant), score(*entrant))))
    }

    /// What a cut gave: who is elected by what, the tie, and the seats that nobody is there to take.
    pub fn cut(self, cut: &Cut, by: &str, score: impl Fn(usize) -> u128) -> Vec<String> {
        let decided = cut.tie.as_ref().and_then(|tie| tie.decided.as_deref()).unwrap_or(&[]);
        let clear: Vec<usize> = cut.elected.iter().copied().filter(|entrant| !decided.contains(entrant)).collect();
        let mut sentences = Vec::new();
        if !clear.is_empty() {
            sentences.push(format!("Elected by {by}: {}.", self.scored(&clear, score)));
        }
        sentences.extend(cut.tie.iter().map(|tie| self.tie(tie)));
        if cut.vacant > 0 {
            sentences.push(format!("Vacant, as there are no more options: {}.", counted(cut.vacant, "seat")));
        }
        sentences
    }

    /// How a tie was decided, or that it was not.
    pub fn tie(self, tie: &Tie) -> String {
        let begin = format!("A tie between {} for {}", self.names(&tie.entrants), counted(tie.seats, "seat"));
        match &tie.decided {
            Some(decided) => format!("{begin}: decided by the manifest's tie-break for {}.", self.names(decided)),
            None => format!("{begin}: the manifest has no tie-break."),
        }
    }

    /// Wins of the first option over the second, if there are any, the strongest first.
    pub fn wins(self, what: &str, wins: &[(usize, usize)]) -> Option<String> {
        let named = wins.iter().take(MOST_NAMED);
        let mut names: Vec<String> =
            named.map(|(winner, loser)| format!("{} over {}", self.name(*winner), self.name(*loser))).collect();
        if wins.len() > MOST_NAMED {
            names.push(format!("{} weaker ones", wins.len() - MOST_NAMED));
        }
        (!wins.is_empty()).then(|| format!("{what}: {}.", and(names)))
    }
}

/// "1 seat", "2 seats".
pub fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// "A", "A and B", "A, B and C".
fn and(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
