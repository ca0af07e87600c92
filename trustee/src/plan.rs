//! What comes next for one trustee: a function of the board alone.

use tabella_election::Kind;
use tabella_election::ceremony::{Complaint, Stage};
use tabella_election::kind::{Phase, Role};
use tabella_election::rules::{Awaited, Board};

/// What a command is to bring about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Keys, and the first rehearsal with them.
    Ceremony,
    /// The answer to the last rehearsal.
    Rehearsal,
    /// The share of the result.
    Tally,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The board waits for this from this trustee.
    Take(Kind),
    /// Others come first.
    Wait(String),
    /// The goal is reached, or never will be.
    Done(String),
}

/// What comes next for the trustee with the index `me`.
pub fn next(goal: Goal, board: &Board, me: u64) -> Next {
    match goal {
        Goal::Ceremony => ceremony(board, me),
        Goal::Rehearsal => rehearsal(board, me),
        Goal::Tally => tally(board, me),
    }
}

/// The goal that the phase suggests.
pub fn current_goal(board: &Board) -> Goal {
    match board.phase() {
        Phase::Setup => Goal::Ceremony,
        Phase::Voting => Goal::Rehearsal,
        Phase::Tally | Phase::Published | Phase::Finished => Goal::Tally,
    }
}

fn ceremony(board: &Board, me: u64) -> Next {
    let ceremony = board.ceremony();
    let attempt = ceremony.attempt().number;
    if let Stage::Failed(failure) = ceremony.stage() {
        let names = join(&board.election().trustee_names(&failure.qualified));
        return Next::Wait(format!(
            "Attempt {attempt} at the ceremony has failed: too few trustees are qualified ({names}). Waiting for the \
             authority to begin anew (`restart`)"
        ));
    }
    if let Some(reason) = exclusion(board, me) {
        return excluded(board, &reason);
    }
    let is_awaited = ceremony.awaited().iter().any(|index| index.get() == me);
    match ceremony.stage().step() {
        Some(step) if is_awaited && board.phase() == Phase::Setup => Next::Take(step.kind()),
        _ if ceremony.keys().is_none() => waiting(board),
        _ => rehearsal(board, me),
    }
}

fn rehearsal(board: &Board, me: u64) -> Next {
    let ceremony = board.ceremony();
    if ceremony.keys().is_none() {
        let text = "The ceremony has not given keys yet; take part with `tabella-trustee ceremony`";
        return Next::Wait(format!("{text}. {}", waiting_text(board)));
    }
    if let Some(reason) = exclusion(board, me) {
        return excluded(board, &reason);
    }
    let is_open = Kind::Rehearsal.phases().contains(&board.phase());
    match ceremony.rehearsal() {
        None if is_open => Next::Wait(
            "The keys are complete. Waiting for the authority to ask for a rehearsal (`rehearse`)".to_owned(),
        ),
        Some(rehearsal) if rehearsal.answered().iter().any(|index| index.get() == me) => {
            Next::Done(format!("Done: the keys are complete, and you have answered rehearsal {}.", rehearsal.round()))
        }
        Some(_) if is_open => Next::Take(Kind::Rehearsal),
        _ => Next::Done(format!("There is nothing to rehearse any more: {}.", board.phase())),
    }
}

fn tally(board: &Board, me: u64) -> Next {
    let Some(tally) = board.tally() else {
        return Next::Wait(format!("The voting has not ended ({}). {}", board.phase(), waiting_text(board)));
    };
    if tally.statement().is_none() {
        return Next::Done("Done: no group of ballots is to be decrypted, so no share is needed.".to_owned());
    }
    if tally.shares().keys().any(|index| index.get() == me) {
        return Next::Done(format!("Done: your share of the result is on the board. {}.", waiting_text(board)));
    }
    if !tally.poll().keys().qualified().any(|index| index.get() == me) {
        return Next::Done("You took no part in making the keys, so no share is asked of you.".to_owned());
    }
    if board.phase() > Phase::Tally {
        return Next::Done("The result was published without your share: enough others have decrypted.".to_owned());
    }
    Next::Take(Kind::Share)
}

/// Why the trustee has no part in the current attempt, if that is so.
fn exclusion(board: &Board, me: u64) -> Option<String> {
    let ceremony = board.ceremony();
    let attempt = ceremony.attempt().number;
    let left_out = ceremony.left_out().iter().find(|(index, _)| index.get() == me);
    if let Some((_, step)) = left_out {
        return Some(format!(
            "You were left out of attempt {attempt}: the authority ended the step `{step}` before your message stood on the board."
        ));
    }
    let Stage::Keys(_) = ceremony.stage() else { return None };
    let complaint = ceremony.complaints().iter().find(|complaint| complaint.culprit().get() == me)?;
    Some(format!("You are not qualified in attempt {attempt}. {}", complaint_text(board, complaint)))
}

/// A complaint and how it was judged.
pub fn complaint_text(board: &Board, complaint: &Complaint) -> String {
    let name = |index: u64| name_of(board, index);
    let (complainer, dealer) = (name(complaint.complainer.get()), name(complaint.dealer.get()));
    let culprit = name(complaint.culprit().get());
    format!("{complainer} complained of the dealing of {dealer}; by the opened envelope {culprit} is at fault.")
}

fn excluded(board: &Board, reason: &str) -> Next {
    if board.phase() == Phase::Setup {
        return Next::Wait(format!(
            "{reason} The keys are made without you, and you will not decrypt. Talk to the authority: only if it begins anew \
             (`restart`) can you take part again. {}",
            waiting_text(board)
        ));
    }
    Next::Done(format!("{reason} The election goes on without you: nothing more is asked of you."))
}

fn waiting(board: &Board) -> Next {
    Next::Wait(waiting_text(board))
}

/// For whom the election waits, in a sentence without its full stop.
pub fn waiting_text(board: &Board) -> String {
    let mut awaited = board.awaited();
    // The roll is made beside the ceremony: no trustee waits for it, unless for nothing else.
    if awaited.len() > 1 {
        awaited.retain(|awaited| awaited.kind != Kind::Roll);
    }
    let awaited: Vec<String> = awaited.iter().map(awaited_text).collect();
    if awaited.is_empty() {
        "Nothing is waited for".to_owned()
    } else {
        format!("Waiting for {}", awaited.join(" and "))
    }
}

fn awaited_text(awaited: &Awaited) -> String {
    let Awaited { kind, trustees } = awaited;
    match kind.author() {
        Role::Trustee => format!("`{kind}` from {}", trustees.join(", ")),
        Role::Authority => format!("`{kind}` from the authority"),
        Role::Registrar => format!("`{kind}` from the registrar"),
        Role::Voter => format!("`{kind}` from voters"),
    }
}

/// The name of the trustee with an index.
pub fn name_of(board: &Board, index: u64) -> String {
    let trustees = &board.election().manifest().trustees;
    let place = index.checked_sub(1).and_then(|place| usize::try_from(place).ok());
    place
        .and_then(|place| trustees.get(place))
        .map_or_else(|| format!("trustee {index}"), |trustee| trustee.name.clone())
}

fn join(names: &[&str]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
