//! The result of an election for programs. The fields of a contest are those of specs/checks.md#report.

use serde_json::{Value, json};
use tabella_counting::outcome::{Entrant, Outcome, Undecided};
use tabella_counting::totals::Pairs;
use tabella_election::message::{Contest, ContestKind, List};
use tabella_election::rules::Warning;

use super::{Counted, Results, title};

impl Results {
    /// Everything, as one object.
    pub fn json(&self) -> Value {
        let manifest = self.election.manifest();
        let blank = self.contests.iter().filter_map(|counted| counted.totals.as_ref()?.blank);
        let warning = |warning: &Warning| json!({ "code": warning.code(), "message": warning.to_string() });
        json!({
            "title": manifest.title,
            "fingerprint": self.election.fingerprint().to_string(),
            "simulation": manifest.simulation,
            "ballots": {
                "roll": self.counts.roll,
                "accepted": self.counts.accepted,
                "superseded": self.counts.superseded,
                "challenged": self.counts.challenged,
                "counted": self.counts.counted,
                "blank": blank.fold(0_u64, u64::saturating_add),
            },
            "contests": self.contests().map(|(contest, counted)| counted.json(contest)).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(warning).collect::<Vec<_>>(),
        })
    }
}

impl Counted {
    /// The result of one contest.
    pub(super) fn json(&self, contest: &Contest) -> Value {
        let totals = self.totals.as_ref();
        let options = contest.options.iter().enumerate().map(|(place, option)| {
            let total = totals.and_then(|totals| totals.options.get(place));
            json!({ "id": option.id, "title": option.title, "total": total })
        });
        let mut object = json!({
            "id": contest.id,
            "kind": contest.kind.name(),
            "title": contest.title,
            "ballots": self.ballots,
            "weight": self.weight,
            "blank": totals.and_then(|totals| totals.blank),
            "withheld": totals.is_none(),
            "options": options.collect::<Vec<_>>(),
        });
        match &contest.kind {
            ContestKind::Ranking(_) => {
                let pairs = totals.and_then(|totals| totals.pairs.as_ref());
                object["pairs"] = pairs.map_or_else(|| json!([]), |pairs| Pairs::rows(pairs).collect());
            }
            ContestKind::Lists(lists) => {
                let list = |(place, list): (usize, &List)| {
                    let total = totals.and_then(|totals| totals.lists.as_ref()?.get(place));
                    json!({ "id": list.id, "title": list.title, "total": total })
                };
                object["lists"] = lists.lists.iter().enumerate().map(list).collect();
            }
            _ => {}
        }
        if contest.counting.0.is_some() {
            object["outcome"] = self.outcome.as_ref().map_or(Value::Null, |outcome| outcome_json(contest, outcome));
        }
        object
    }
}

/// Implements specs/counting.md#json.
fn outcome_json(contest: &Contest, outcome: &Outcome) -> Value {
    let id = |option: &usize| contest.options.get(*option).map(|option| option.id.as_str());
    let list_ids: Vec<&str> = match &contest.kind {
        ContestKind::Lists(lists) => lists.lists.iter().map(|list| list.id.as_str()).collect(),
        _ => Vec::new(),
    };
    let tie = |Undecided { seats, options, lists }: &Undecided| {
        let lists: Vec<&str> = lists.iter().filter_map(|list| list_ids.get(*list).copied()).collect();
        json!({ "seats": seats, "options": options.iter().filter_map(id).collect::<Vec<_>>(), "lists": lists })
    };
    let mut object = json!({
        "method": outcome.method.as_str(),
        "seats": outcome.seats,
        "elected": outcome.elected.iter().filter_map(id).collect::<Vec<_>>(),
        "undecided": outcome.undecided.iter().map(tie).collect::<Vec<_>>(),
        "vacant": outcome.vacant,
        "by_tie_break": outcome.by_tie_break,
        "explanation": outcome.explain(|entrant: Entrant| title(contest, entrant)),
    });
    if let Some(seats) = &outcome.list_seats {
        let seats = list_ids.iter().zip(seats).map(|(id, seats)| json!({ "id": id, "seats": seats }));
        object["lists"] = seats.collect();
    }
    object
}
