//! What totals mean, and outcomes.

use super::*;
use crate::contest::Kind;
use crate::counting::Outcome;
use crate::report::outcome_report;
use crate::totals::Totals;
use serde_json::json;

#[test]
fn totals_have_the_meanings_and_outcomes_of_the_vectors() {
    for vector in vectors("counting", "outcome") {
        let name = text(&vector["name"]);
        let mut contest = contest(&vector["contest"], &vector["counting"]);
        // Options and lists are called by their numbers.
        contest.options.iter_mut().enumerate().for_each(|(number, option)| option.id = number.to_string());
        if let Kind::Lists { lists, .. } = &mut contest.kind {
            lists.iter_mut().enumerate().for_each(|(number, list)| list.id = number.to_string());
        }
        assert!(contest.keeps_its_rules(), "{name}");
        let weight = integer(&vector["weight"]);
        let slots = (!vector["totals"].is_null()).then(|| list(&vector["totals"], integer));
        let totals = slots.map(|slots| Totals::new(&contest, &slots, weight));
        let meaning = totals.as_ref().map(|totals| {
            let pairs = totals.pairs.as_ref().map(|pairs| pairs.rows());
            json!({ "options": totals.options, "blank": totals.blank, "lists": totals.lists, "pairs": pairs })
        });
        assert_eq!(json!(meaning), vector["meaning"], "{name}");
        // A group with ballots has some weight.
        let outcome = match (&totals, &contest.counting) {
            (Some(totals), Some(rule)) if weight > 0 => {
                let report = outcome_report(&contest, rule, Outcome::new(&contest, rule, totals));
                let mut report = serde_json::to_value(report).unwrap();
                let explanation = report.as_object_mut().unwrap().remove("explanation").unwrap();
                assert!(!explanation.as_array().unwrap().is_empty(), "{name}");
                report
            }
            _ => Value::Null,
        };
        assert_eq!(outcome, vector["outcome"], "{name}");
    }
}

#[test]
fn contests_that_break_rules_have_the_code_of_the_vectors() {
    for vector in vectors("messages", "bad_contest") {
        let contest = contest(&vector["contest"], &vector["counting"]);
        let found = if contest.keeps_its_rules() { Ok(()) } else { Err(Code::ManifestContest) };
        assert_code(found, &vector);
    }
}
