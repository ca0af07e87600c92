use super::*;

/// A report with this verdict and two failures, after the witnesses were heard.
fn heard(verdict: Verdict, is_finished: bool, standings: &[Standing]) -> Report {
    let failure = || FailureReport { code: String::new(), message: String::new(), entry: None, file: None };
    let (id, class, title) = (String::new(), String::new(), String::new());
    let check = CheckReport { id, class, title, status: Status::Fail, failures: vec![failure(), failure()] };
    let view = |standing: &Standing| View {
        name: "w".to_owned(),
        address: None,
        standing: *standing,
        size: None,
        message: String::new(),
    };
    let mut report =
        Report { verdict, is_finished, checks: vec![check], warnings: Vec::new(), ..Report::unreadable("") };
    report.hear(standings.iter().map(view).collect());
    report
}

#[test]
fn a_fork_and_a_log_that_goes_on_after_its_end_are_failures() {
    use Standing::{Ahead, Behind, Fork, Later, NoAnswer, Same, Unseen};
    use Verdict::{Invalid, Unreadable, Valid};
    let harmless = [Same, Behind, Later, Unseen, NoAnswer];
    for (verdict, is_finished, standings, expected, wrong, warnings) in [
        (Valid, true, &harmless[..], Valid, 0, 0),
        (Valid, false, &harmless, Valid, 0, 0),
        (Valid, true, &[Same, Fork], Invalid, 1, 0),
        (Valid, false, &[Fork, Same], Invalid, 1, 0),
        (Valid, true, &[Ahead], Invalid, 1, 0),
        (Valid, false, &[Ahead], Valid, 0, 1),
        (Valid, false, &[Fork, Ahead], Invalid, 1, 1),
        (Valid, true, &[Fork, Ahead, Fork], Invalid, 3, 0),
        (Invalid, true, &[], Invalid, 0, 0),
        (Unreadable, true, &[Fork], Unreadable, 1, 0),
    ] {
        let report = heard(verdict, is_finished, standings);
        let case = format!("{verdict:?} {is_finished} {standings:?}");
        assert_eq!(report.verdict, expected, "{case}");
        assert_eq!(report.failures(), 2 + wrong, "{case}");
        assert_eq!(report.warnings.len(), warnings, "{case}");
        assert_eq!(report.witnesses.unwrap().len(), standings.len(), "{case}");
    }
}

#[test]
fn the_exit_status_tells_the_verdict() {
    assert_eq!([Verdict::Valid, Verdict::Invalid, Verdict::Unreadable].map(Verdict::exit_status), [0, 1, 2]);
}

#[test]
fn the_pages_hash_is_that_of_the_lines_of_sha256sum() {
    assert_eq!(page_hash(&[]), None);
    let assets = [("index.html".to_owned(), [5; 32]), ("vote.js".to_owned(), [6; 32])];
    let lines = format!("{}  index.html\n{}  vote.js\n", "05".repeat(32), "06".repeat(32));
    assert_eq!(page_hash(&assets), Some(HEXLOWER.encode(&sha256(lines.as_bytes()))));
}

#[test]
fn a_failure_counts_those_like_it_only_if_there_are_any() {
    let message = |more| failure_report(&Failure { more, ..Failure::of_entry(1, Code::LinkStale) }).message;
    assert_eq!(message(0), Code::LinkStale.message());
    assert!(message(2).ends_with("(2 more like it)"));
}
