//! ballot.json: specs/ballot.md.

mod hostile;

use serde_json::{Value, json};
use tabella_election::Kind;
use tabella_election::message::encode;

use crate::file::{hex, vector, with};
use crate::glass::ballot::{Masks, Vote, draft_json};
use crate::source::Source;
use crate::story::{Choices, OPENED, StoryVoter};

pub fn vectors() -> Vec<Value> {
    let mut source = Source::new("ballot");
    let votes: [(&str, usize, Option<[u8; 20]>, Choices); 6] = [
        ("three contests", 0, None, vec![Some(&[2]), Some(&[1, 4]), Some(&[2])]),
        ("a replacement, blank and empty", 0, Some([0x2a; 20]), vec![None, Some(&[]), Some(&[1])]),
        ("last options", 2, None, vec![Some(&[3]), Some(&[2, 3, 4])]),
        ("blank", 4, None, vec![None]),
        ("one option or none: chosen", 5, None, vec![Some(&[1]), Some(&[4]), Some(&[1])]),
        ("one option or none: not chosen", 5, None, vec![Some(&[1]), Some(&[1]), Some(&[])]),
    ];
    let mut vectors: Vec<Value> = Vec::new();
    for (name, voter, link, choices) in votes {
        vectors.push(ballot_vector(name, &mut source, OPENED.voters[voter], link, &choices));
        vectors.push(challenge_vector(name, &mut source, OPENED.voters[voter], link, &choices));
    }
    vectors.extend(hostile::vectors(&mut source));
    vectors
}

fn ballot_vector(
    name: &str,
    source: &mut Source,
    voter: StoryVoter,
    link: Option<[u8; 20]>,
    choices: &Choices,
) -> Value {
    let style = OPENED.style(voter.style);
    let vote = Vote::draw(source, voter.kappa, link, OPENED.bits(voter.style, choices));
    let draft = style.draft(&vote);
    let proof = style.prove(&vote, &draft, &Masks::draw(source, vote.bits.len()));
    let ballot = OPENED.ballot(voter.style, &vote, &draft, &proof);
    let context = OPENED.scene.board.poll().unwrap().context(voter.style).unwrap();
    let verified = context.verify(&tabella_election::ballot::join(&ballot.prefix), &proof.bytes).unwrap();
    assert_eq!(verified.tracker(), draft.tracker());

    let more = json!({
        "setup": OPENED.setup(), "style": voter.style, "slots": draft.slots, "tracker_hash": hex(draft.tracker_hash),
        "payload": hex(encode(&ballot)),
    });
    vector(format!("ballot: {name}"), "ballot", with(with(draft_json(&vote, &draft), proof.json), more))
}

fn challenge_vector(
    name: &str,
    source: &mut Source,
    voter: StoryVoter,
    link: Option<[u8; 20]>,
    choices: &Choices,
) -> Value {
    let style = OPENED.style(voter.style);
    let vote = Vote::draw(source, voter.kappa, link, OPENED.bits(voter.style, choices));
    let draft = style.draft(&vote);
    let opening = style.challenge(&vote, &draft, &source.scalar());
    let payload = encode(&OPENED.challenge(voter.style, &vote, &draft, &opening));
    assert_eq!(OPENED.scene.judge(Kind::Challenge, &payload), None, "{name}");
    let more = json!({ "setup": OPENED.setup(), "style": voter.style, "payload": hex(payload) });
    vector(format!("challenge: {name}"), "challenge", with(with(draft_json(&vote, &draft), opening.json), more))
}
