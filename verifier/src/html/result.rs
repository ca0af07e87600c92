//! The result as bars with numbers, pairs of rankings as a table, and who is elected.

use maud::{Markup, html};
use tabella_verifier::render::{mark, method};
use tabella_verifier::report::{ContestReport, OutcomeReport, ResultReport, Verdict};
use tabella_verifier::text::printable;

/// The width of the longest bar.
const WIDTH: u64 = 1_000;

/// The results of all contests.
pub fn result(result: &ResultReport, verdict: Verdict) -> Markup {
    html! {
        section {
            h2 { @if verdict == Verdict::Valid { "Result" } @else { "Result as claimed by an invalid record" } }
            @for contest in &result.contests { (of_contest(contest)) }
        }
    }
}

fn of_contest(contest: &ContestReport) -> Markup {
    let outcome = contest.outcome.as_ref().and_then(Option::as_ref);
    html! {
        h3 { bdi { (printable(&contest.title)) } }
        p.soft { (contest.ballots) " ballots" @if contest.weight != contest.ballots { " of weight " (contest.weight) } }
        @if contest.withheld {
            p { "Withheld: too few ballots to be decrypted." }
        } @else {
            @if let Some(pairs) = &contest.pairs { (of_pairs(contest, pairs, outcome)) } @else { (bars(contest, outcome)) }
            @match &contest.outcome {
                Some(Some(outcome)) => (of_outcome(contest, outcome)),
                Some(None) => p { "No outcome: nobody voted." },
                None => {},
            }
        }
    }
}

fn bars(contest: &ContestReport, outcome: Option<&OutcomeReport>) -> Markup {
    let largest = contest.largest();
    html! {
        table.bars {
            tbody {
                @for option in &contest.options { (bar(&option.title, mark(outcome, &option.id), option.total, largest)) }
                @if let Some(blank) = contest.blank { (bar("(blank)", "", Some(blank), largest)) }
                @for list in contest.lists.iter().flatten() {
                    @let seats = outcome.and_then(|outcome| outcome.lists.as_ref()?.iter().find(|seats| seats.id == list.id));
                    @let seats = seats.map_or_else(String::new, |seats| format!(" – {} seats", seats.seats));
                    (bar(&format!("List: {}", list.title), &seats, list.total, largest))
                }
            }
        }
    }
}

fn bar(title: &str, mark: &str, total: Option<u64>, largest: u64) -> Markup {
    let width = u128::from(total.unwrap_or(0)) * u128::from(WIDTH) / u128::from(largest.max(1));
    html! {
        tr {
            th scope="row" { bdi { (printable(title)) } (mark) }
            td { (total.map_or_else(|| "–".to_owned(), |total| total.to_string())) }
            td.bar aria-hidden="true" {
                svg viewBox={ "0 0 " (WIDTH) " 20" } preserveAspectRatio="none" { rect width=(width) height="20" {} }
            }
        }
    }
}

fn of_pairs(contest: &ContestReport, pairs: &[Vec<u64>], outcome: Option<&OutcomeReport>) -> Markup {
    html! {
        table.pairs {
            caption { "How many put the option of the row above that of the column" }
            thead {
                tr { td {} @for number in 1..=contest.options.len() { th scope="col" { (number) } } }
            }
            tbody {
                @for (row, (option, numbers)) in contest.options.iter().zip(pairs).enumerate() {
                    tr {
                        th scope="row" { (row + 1) ". " bdi { (printable(&option.title)) } (mark(outcome, &option.id)) }
                        @for (column, number) in numbers.iter().enumerate() {
                            td { @if row == column { "–" } @else { (number) } }
                        }
                    }
                }
            }
        }
    }
}

fn of_outcome(contest: &ContestReport, outcome: &OutcomeReport) -> Markup {
    let elected = contest.options.iter().filter(|option| outcome.elected.contains(&option.id));
    let elected: Vec<String> = elected.map(|option| printable(&option.title)).collect();
    html! {
        p {
            (outcome.seats) " seats by " (method(&outcome.method)) ". Elected: "
            b { @if elected.is_empty() { "nobody" } @else { (elected.join(", ")) } } "."
        }
        @for tie in &outcome.undecided { p.wrong { "Not decided: " (tie.seats) " seats, for which the marked ones tie." } }
        @if outcome.vacant > 0 { p.wrong { "Vacant: " (outcome.vacant) " seats." } }
        ul.soft { @for sentence in &outcome.explanation { li { (printable(sentence)) } } }
    }
}
