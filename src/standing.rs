//! Where an election stands by one's own copy of the record: for people and, as JSON, for programs.

use std::fmt::Write;

use serde_json::{Value, json};
use tabella_election::Election;
use tabella_election::kind::{Phase, Role};
use tabella_election::roll::Roll;
use tabella_election::rules::{Awaited, Board, Warning};

/// The most classes of voters that are named one by one.
const NAMED: usize = 20;

/// The warnings as sentences. Where weights are many, so are small classes: only the first of them are named.
pub fn warning_texts(warnings: &[Warning]) -> Vec<String> {
    let (small, others): (Vec<_>, Vec<_>) = warnings.iter().partition(|warning| warning.code() == "small_class");
    let mut texts: Vec<String> = others.into_iter().map(ToString::to_string).collect();
    texts.extend(small.iter().take(NAMED).map(ToString::to_string));
    if small.len() > NAMED {
        texts.push(format!("There are {} further classes of few voters like these.", small.len() - NAMED));
    }
    texts
}

/// How many voters share each style and weight: one line for each class, of which only the first are named.
pub fn classes_text(roll: &Roll, election: &Election) -> String {
    let classes = roll.classes();
    let class = |((style, weight), voters): (&(u64, u64), &u64)| {
        let style = election.style(*style).map_or("", |style| style.name.as_str());
        format!("  {voters} with the style “{style}” and the weight {weight}\n")
    };
    let mut text: String = classes.iter().take(NAMED).map(class).collect();
    if classes.len() > NAMED {
        text.push_str(&format!("  and {} further styles and weights\n", classes.len() - NAMED));
    }
    text
}

/// What the election waits for, as a sentence.
pub fn awaited_text(awaited: &Awaited) -> String {
    let Awaited { kind, trustees } = awaited;
    if trustees.is_empty() {
        format!("Waiting for `{kind}` of the {}", author(awaited))
    } else {
        format!("Waiting for `{kind}` of {}", trustees.join(", "))
    }
}

fn author(awaited: &Awaited) -> &'static str {
    match awaited.kind.author() {
        Role::Authority => "authority",
        Role::Registrar => "registrar",
        Role::Trustee => "trustees",
        Role::Voter => "voters",
    }
}

/// Everything, for people.
pub fn text(board: &Board, size: u64) -> String {
    let election = board.election();
    let counts = board.counts();
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", election.manifest().title);
    let _ = writeln!(text, "Fingerprint  {}", election.fingerprint());
    let _ = writeln!(text, "Phase        {} ({})", board.phase().as_str(), board.phase());
    let _ = writeln!(text, "Entries      {size}");
    let _ = writeln!(text, "Roll         {} voters", counts.roll);
    if board.phase() > Phase::Setup {
        let _ = writeln!(
            text,
            "Ballots      {} accepted, {} of them replaced; {} challenged",
            counts.accepted, counts.superseded, counts.challenged
        );
    }
    if let Some(rehearsal) = board.ceremony().rehearsal() {
        let names = election.trustee_names(rehearsal.answered());
        let _ = writeln!(text, "Rehearsal    {}, answered by: {}", rehearsal.round(), names.join(", "));
    }
    text.push('\n');
    board.awaited().iter().for_each(|awaited| {
        let _ = writeln!(text, "{}", awaited_text(awaited));
    });
    for warning in warning_texts(&board.warnings()) {
        let _ = writeln!(text, "Note: {warning}");
    }
    text
}

/// Everything, for programs. The names are those of specs/server.md#status.
pub fn json(board: &Board, size: u64) -> Value {
    let election = board.election();
    let counts = board.counts();
    let warning = |warning: &Warning| json!({ "code": warning.code(), "message": warning.to_string() });
    let awaited = |awaited: &Awaited| json!({ "kind": awaited.kind.as_str(), "trustees": awaited.trustees });
    let rehearsal = board.ceremony().rehearsal().map(
        |rehearsal| json!({ "round": rehearsal.round(), "answered": election.trustee_names(rehearsal.answered()) }),
    );
    json!({
        "election": {
            "id": election.manifest().id,
            "title": election.manifest().title,
            "manifest_hash": election.id().to_hex(),
            "fingerprint": election.fingerprint().to_string(),
            "simulation": election.manifest().simulation,
        },
        "phase": board.phase().as_str(),
        "size": size,
        "ceremony": {
            "attempt": board.ceremony().attempt().number,
            "step": board.ceremony().stage().step().map_or_else(|| "failed".to_owned(), |step| step.to_string()),
            "rehearsal": rehearsal,
        },
        "counts": {
            "roll": counts.roll,
            "accepted": counts.accepted,
            "superseded": counts.superseded,
            "challenged": counts.challenged,
            "counted": counts.counted,
        },
        "awaited": board.awaited().iter().map(awaited).collect::<Vec<_>>(),
        "warnings": board.warnings().iter().map(warning).collect::<Vec<_>>(),
    })
}
