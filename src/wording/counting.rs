//! How a contest is counted (specs/counting.md), as sentences.

use tabella_counting::rule::{CountingRule, Method};
use tabella_election::message::{Contest, ContestKind};

use super::join;

/// How the totals become an outcome.
pub(crate) fn counting(contest: &Contest) -> String {
    let Some(CountingRule { method, seats, .. }) = &contest.counting.0 else {
        return "The totals are the outcome: no rule says who is elected.".to_owned();
    };
    let has_lists = matches!(contest.kind, ContestKind::Lists(_));
    let lists = |how: &str| {
        let seats = if *seats == 1 { "One seat goes".to_owned() } else { format!("{seats} seats go") };
        format!("{seats} to the lists by {how}; in each list the options with the highest totals take them.")
    };
    match method {
        Method::Highest => {
            let whatever = if has_lists { ", whatever their list" } else { "" };
            match seats {
                1 => format!("The option with the highest total is elected{whatever}."),
                seats => format!("The {seats} options with the highest totals are elected{whatever}."),
            }
        }
        Method::Condorcet => {
            "The option is elected that more voters prefer than not, compared with every other; if there is none, nobody \
             is (Condorcet)."
                .to_owned()
        }
        Method::Schulze => {
            "One option is elected, by the strongest paths of pairwise wins (method of Schulze).".to_owned()
        }
        Method::RankedPairs => {
            "One option is elected, by keeping pairwise wins from the strongest on (ranked pairs of Tideman).".to_owned()
        }
        Method::Copeland => {
            "One option is elected: the one with the most pairwise wins, each draw being half of one (Copeland)."
                .to_owned()
        }
        Method::DHondt => lists("the highest quotients of 1, 2, 3, … (D'Hondt)"),
        Method::SainteLague => lists("the highest quotients of 1, 3, 5, … (Sainte-Laguë)"),
        Method::LargestRemainder => lists("whole shares and the largest remainders (Hare)"),
    }
}

/// What becomes of a tie; nothing where there is no rule, or none that knows ties.
pub(crate) fn tie_break(contest: &Contest) -> Option<String> {
    let rule = contest.counting.0.as_ref().filter(|rule| rule.method != Method::Condorcet)?;
    let Some(order) = &rule.tie_break else {
        return Some("A tie stays undecided: there is no tie-break.".to_owned());
    };
    let number = |entrant: &u64| usize::try_from(*entrant).ok();
    let options = order.iter().filter_map(|entrant| contest.options.get(number(entrant)?));
    let options: Vec<&str> = options.map(|option| option.title.as_str()).collect();
    let lists: Vec<&str> = match &contest.kind {
        // Where options are elected whatever their list, lists do not tie.
        ContestKind::Lists(lists) if rule.method != Method::Highest => {
            let place = |entrant: &u64| number(entrant)?.checked_sub(contest.options.len());
            order.iter().filter_map(|entrant| Some(lists.lists.get(place(entrant)?)?.title.as_str())).collect()
        }
        _ => Vec::new(),
    };
    let ties = [("lists", lists), ("options", options)].into_iter().filter(|(_, titles)| titles.len() > 1);
    let sentences: Vec<String> = ties
        .map(|(what, titles)| {
            format!("A tie of {what} is decided for whoever comes first in: {}.", join(&titles, "and"))
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
