//! The report as text for people. Text of the election is only ever text: control characters are escaped.

mod result;

use crate::checks::CHECKS;
use crate::policy::Quorum;
use crate::report::{CheckReport, Report, Status, Verdict};
use crate::text::printable;
use crate::views::View;
use result::result;
pub use result::{mark, method};

/// As many failures of a check are written out as this; all are counted.
const MOST_SHOWN: usize = 1_000;

/// The whole report, the verdict last.
pub fn text(report: &Report) -> String {
    let parts = [
        heading(report),
        checks(report),
        ballots(report),
        witnesses(report),
        result(report),
        warnings(report),
        beyond(report),
        comparison(report),
        verdict(report),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn heading(report: &Report) -> String {
    let mut text = String::new();
    if let Some(election) = &report.election {
        if election.simulation {
            text += "*** SIMULATION: no real voters took part in this election ***\n\n";
        }
        text += &format!("Election     {} ({})\n", printable(&election.title), printable(&election.id));
        text += &format!("Fingerprint  {}\n", election.fingerprint);
        text += &match &election.page {
            Some(hash) => format!("Voting page  {} files, together {hash}\n", election.assets.len()),
            None => "Voting page  not fixed by the manifest\n".to_owned(),
        };
    }
    if let Some(record) = &report.record {
        text += &format!("Record       {}, {} entries, root {}\n", printable(&record.origin), record.size, record.root);
        let witnesses: Vec<String> = record.cosignatures.iter().map(|name| printable(name)).collect();
        let cosigned = if witnesses.is_empty() { "nobody".to_owned() } else { witnesses.join(", ") };
        text += &format!("Cosigned by  {cosigned}\n");
        text +=
            &record.quorum.as_ref().map(|quorum| format!("Quorum       {}\n", guarantee(quorum))).unwrap_or_default();
    }
    text
}

/// What the policy asks for, and what that is worth.
pub fn guarantee(quorum: &Quorum) -> String {
    let worth = match quorum.cheaters {
        0 => "two histories could exist though no witness cheats".to_owned(),
        1 => "two histories exist only if a witness cheats together with the log".to_owned(),
        cheaters => format!("two histories exist only if {cheaters} witnesses cheat together with the log"),
    };
    format!("{}: {worth}", printable(&quorum.rule))
}

fn checks(report: &Report) -> String {
    report.checks.iter().zip(CHECKS).map(|(check, known)| check_text(check, known.proves)).collect()
}

fn check_text(check: &CheckReport, proves: &str) -> String {
    let (mark, says) = match check.status {
        Status::Pass => ('✓', proves.to_owned()),
        Status::Fail => ('✗', format!("{} found:", counted(check.failures.len() as u64, "failure"))),
        Status::Skipped => ('–', "skipped: there was nothing to look at".to_owned()),
    };
    let mut text = format!("{mark} {:>2} {:<12} {says}\n", check.id, check.title);
    for failure in check.failures.iter().take(MOST_SHOWN) {
        let entry = failure.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
        let file = failure.file.as_ref().map(|file| format!("{}: ", printable(file))).unwrap_or_default();
        text += &format!("       {entry}{file}{}: {}\n", failure.code, failure.message);
    }
    if check.failures.len() > MOST_SHOWN {
        text += &format!("       … and {} more\n", check.failures.len() - MOST_SHOWN);
    }
    text
}

fn ballots(report: &Report) -> String {
    let Some(ballots) = &report.ballots else {
        return String::new();
    };
    let mut text = format!(
        "Ballots      {} accepted, {} replaced by a later one, {} counted, of {} on the roll; {} challenged\n",
        ballots.accepted, ballots.superseded, ballots.counted, ballots.roll, ballots.challenged
    );
    for trustee in &report.trustees {
        let did = match (trustee.qualified, trustee.decrypted) {
            (true, true) => "qualified, decrypted",
            (true, false) => "qualified",
            (false, _) => "not qualified",
        };
        text += &format!("Trustee      {} ({did})\n", printable(&trustee.name));
    }
    text
}

fn witnesses(report: &Report) -> String {
    let Some(views) = &report.witnesses else {
        return String::new();
    };
    if views.is_empty() {
        return "Witnesses    the policy names none\n".to_owned();
    }
    let line = |view: &View| format!("Witness      {} {}\n", printable(&view.name), printable(&view.message));
    views.iter().map(line).collect()
}

fn warnings(report: &Report) -> String {
    report
        .warnings
        .iter()
        .map(|warning| format!("Warning      {}: {}\n", warning.code, printable(&warning.message)))
        .collect()
}

fn beyond(report: &Report) -> String {
    let Some(first) = report.beyond.first() else {
        return String::new();
    };
    let others = report.beyond.iter().skip(1).map(|beyond| format!("  - {}\n", beyond.message));
    others.fold(format!("No record can show\n  - {}\n", first.message), |text, line| text + &line)
}

fn comparison(report: &Report) -> String {
    match (&report.election, &report.record) {
        (Some(election), Some(record)) if record.expected_fingerprint == "not given" => format!(
            "A record cannot vouch for itself. Compare the fingerprint\n    {}\nwith the one in a voter's letter or link, or run again \
             with --expect and that fingerprint.\n",
            election.fingerprint
        ),
        _ => String::new(),
    }
}

fn verdict(report: &Report) -> String {
    let simulation = report.election.as_ref().is_some_and(|election| election.simulation);
    let suffix = if simulation { " (SIMULATION)" } else { "" };
    match report.verdict {
        Verdict::Valid => format!("VALID{suffix}\n"),
        Verdict::Invalid => format!("INVALID{suffix}: {}\n", counted(report.failures() as u64, "failure")),
        Verdict::Unreadable => "UNREADABLE\n".to_owned(),
    }
}

fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
