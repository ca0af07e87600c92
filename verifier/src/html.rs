//! The report as one page that needs nothing else: no script, no other file, and it prints. Implements
//! specs/checks.md#report.
//!
//! The templates escape all text by themselves; what would reorder it is made visible besides.

mod result;

use crate::html::result::result;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use tabella_verifier::checks::CHECKS;
use tabella_verifier::render::guarantee;
use tabella_verifier::report::{CheckReport, ElectionReport, FailureReport, RecordReport, Report, Status, Verdict};
use tabella_verifier::text::printable;

const STYLE: &str = include_str!("html/style.css");

/// As many failures of a check are written out as this; all are counted.
const MOST_SHOWN: usize = 1_000;

/// The whole page.
pub fn html(report: &Report) -> String {
    let title = report.election.as_ref().map_or_else(|| "A record".to_owned(), |election| printable(&election.title));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) " – verified" }
                // A file of this project, without text of others.
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    (verdict(report))
                    (identity(report))
                    @if let Some(shown) = &report.result { (result(shown, report.verdict)) }
                    (counted(report))
                    (trustees(report))
                    (witnesses(report))
                    (checks(report))
                    (points("To know", "Nothing of this is a failure.", report.warnings.iter().map(|w| w.message.as_str())))
                    (points(
                        "What no record can show",
                        "Nobody can verify these from public data, here or in any other election.",
                        report.beyond.iter().map(|beyond| beyond.message.as_str()),
                    ))
                }
                footer { "Written by tabella-verify " (env!("CARGO_PKG_VERSION")) ". Whoever doubts it runs it again on the same record." }
            }
        }
    };
    page.into_string()
}

fn verdict(report: &Report) -> Markup {
    let simulation = report.election.as_ref().is_some_and(|election| election.simulation);
    let (class, word, says) = match report.verdict {
        Verdict::Valid => ("good", "Valid", "Every check that could be made was passed."),
        Verdict::Invalid => ("wrong", "Invalid", "Do not rely on the result. Below stands what is wrong, and where."),
        Verdict::Unreadable => ("wrong", "Unreadable", "There is no record here that could be judged."),
    };
    html! {
        div class={ "verdict " (class) } {
            p.word { (word) @if simulation { " (simulation)" } }
            p { (says) }
            @if simulation { p { "No real voters took part in this election." } }
            @if report.failures() > 0 { p { (report.failures()) " failures" } }
        }
    }
}

fn identity(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Which election" }
            dl {
                @if let Some(election) = &report.election { (of_election(election)) }
                @if let Some(record) = &report.record { (of_record(record)) }
            }
            @if let (Some(election), Some(record)) = (&report.election, &report.record) {
                p { (comparison(election, record)) }
            }
        }
    }
}

fn of_election(election: &ElectionReport) -> Markup {
    html! {
        dt { "Id" } dd { bdi { (printable(&election.id)) } }
        dt { "Fingerprint" } dd { code { (election.fingerprint) } }
        dt { "Voting page" } dd { (of_page(election)) }
    }
}

fn of_page(election: &ElectionReport) -> Markup {
    let Some(page) = &election.page else {
        return html! { "not fixed by the manifest" };
    };
    html! {
        code { (page) }
        details {
            summary { (election.assets.len()) " files, fixed by their hashes" }
            table { tbody { @for asset in &election.assets { tr { th scope="row" { (printable(&asset.path)) } td.hash { code { (asset.hash) } } } } } }
        }
    }
}

fn of_record(record: &RecordReport) -> Markup {
    html! {
        dt { "Board" } dd { bdi { (printable(&record.origin)) } }
        dt { "Entries" } dd { (record.size) }
        dt { "Root" } dd { code { (record.root) } }
    }
}

fn comparison(election: &ElectionReport, record: &RecordReport) -> String {
    match record.expected_fingerprint.as_str() {
        "match" => "The fingerprint is the one that was asked for.".to_owned(),
        "differs" => "This is another election than the one that was asked for.".to_owned(),
        _ => format!(
            "A record cannot vouch for itself: compare the fingerprint {} with the one in a voter's letter or link.",
            election.fingerprint
        ),
    }
}

fn counted(report: &Report) -> Markup {
    let Some(ballots) = &report.ballots else {
        return html! {};
    };
    let rows = [
        ("Voters on the roll", ballots.roll),
        ("Ballots accepted", ballots.accepted),
        ("Replaced by a later ballot of the same voter", ballots.superseded),
        ("Counted: the last ballot of each voter", ballots.counted),
        ("Encryptions opened by voters to check their device, and never counted", ballots.challenged),
    ];
    html! {
        section {
            h2 { "Which ballots count" }
            table {
                tbody { @for (name, number) in rows { tr { th scope="row" { (name) } td { (number) } } } }
            }
            p { "Where one ballot stands: " code { "tabella-verify ballot --help" } "." }
        }
    }
}

fn trustees(report: &Report) -> Markup {
    html! {
        @if !report.trustees.is_empty() {
            section {
                h2 { "Trustees" }
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Holds a share of the key" } th scope="col" { "Decrypted the sums" } } }
                    tbody {
                        @for trustee in &report.trustees {
                            tr { th scope="row" { bdi { (printable(&trustee.name)) } } td { (yes(trustee.qualified)) } td { (yes(trustee.decrypted)) } }
                        }
                    }
                }
            }
        }
    }
}

fn witnesses(report: &Report) -> Markup {
    let Some(record) = &report.record else {
        return html! {};
    };
    html! {
        section {
            h2 { "Witnesses" }
            @match &record.quorum {
                Some(quorum) => p { "The rules of this election ask for " (guarantee(quorum)) "." },
                None => p { "The rules of this election ask for no witness." },
            }
            @if record.cosignatures.is_empty() { p { "Nobody cosigned this record." } }
            @else { p { "Cosigned by " @for (place, name) in record.cosignatures.iter().enumerate() { @if place > 0 { ", " } bdi { (printable(name)) } } "." } }
            @if let Some(views) = &report.witnesses {
                ul { @for view in views { li { bdi { (printable(&view.name)) } " " (printable(&view.message)) } } }
            }
        }
    }
}

fn checks(report: &Report) -> Markup {
    html! {
        @if !report.checks.is_empty() {
            section {
                h2 { "What was checked" }
                ol.checks { @for (check, known) in report.checks.iter().zip(CHECKS) { (of_check(check, known.proves)) } }
            }
        }
    }
}

fn of_check(check: &CheckReport, proves: &str) -> Markup {
    let (class, word) = match check.status {
        Status::Pass => ("good", "passed"),
        Status::Fail => ("wrong", "failed"),
        Status::Skipped => ("skipped", "skipped"),
    };
    let more = check.failures.len().saturating_sub(MOST_SHOWN);
    html! {
        li class=(class) {
            b { (check.title) } " " span.mark { (word) }
            p { @if check.status == Status::Skipped { "There was nothing to look at. A pass would mean: " } (proves) }
            @if !check.failures.is_empty() {
                ul { @for failure in check.failures.iter().take(MOST_SHOWN) { (of_failure(failure)) } }
            }
            @if more > 0 { p { "… and " (more) " more" } }
        }
    }
}

fn of_failure(failure: &FailureReport) -> Markup {
    html! {
        li {
            @if let Some(entry) = failure.entry { "entry " (entry) ": " }
            @if let Some(file) = &failure.file { bdi { (printable(file)) } ": " }
            (failure.message) " (" code { (failure.code) } ")"
        }
    }
}

fn points<'a>(heading: &str, says: &str, points: impl Iterator<Item = &'a str>) -> Markup {
    let points: Vec<&str> = points.collect();
    html! {
        @if !points.is_empty() {
            section { h2 { (heading) } p { (says) } ul { @for point in points { li { (printable(point)) } } } }
        }
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
