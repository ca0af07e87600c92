//! ballot.json: specs/ballot.md.

mod hostile;
mod kinds;
mod submission;

use serde_json::{Value, json};
use tabella_election::Kind;
use tabella_election::message::encode;

use crate::answer::Answer::{Blank, Chosen};
use crate::file::{hex, vector, with};
use crate::glass::ballot::{Masks, Vote, draft_json};
use crate::source::Source;
use crate::stories::{ALL, ALONE, KINDS, OPENED, SEVERAL, vote_of_all, vote_of_several};
use crate::story::{Answers, Opened};

/// A vote: its name, who casts it in which election, and what it replaces.
struct Sample {
    name: String,
    opened: &'static Opened,
    voter: usize,
    link: Option<[u8; 20]>,
    answers: Answers,
}

pub fn vectors() -> Vec<Value> {
    let mut source = Source::new("ballot");
    let mut vectors: Vec<Value> = Vec::new();
    for sample in samples() {
        vectors.push(ballot_vector(&mut source, &sample));
        vectors.push(challenge_vector(&mut source, &sample));
    }
    vectors.extend(hostile::vectors(&mut source));
    vectors.extend(kinds::vectors(&mut source));
    vectors
}

fn samples() -> Vec<Sample> {
    let choices: [(&str, usize, Option<[u8; 20]>, Answers); 6] = [
        ("three contests", 0, None, vec![Chosen(&[2]), Chosen(&[1, 4]), Chosen(&[2])]),
        ("a replacement, blank and empty", 0, Some([0x2a; 20]), vec![Blank, Chosen(&[]), Chosen(&[1])]),
        ("last options", 2, None, vec![Chosen(&[3]), Chosen(&[2, 3, 4])]),
        ("blank", 4, None, vec![Blank]),
        ("one option or none: chosen", 5, None, vec![Chosen(&[1]), Chosen(&[4]), Chosen(&[1])]),
        ("one option or none: not chosen", 5, None, vec![Chosen(&[1]), Chosen(&[1]), Chosen(&[])]),
    ];
    let choices = choices.map(|(name, voter, link, answers)| Sample {
        name: name.to_owned(),
        opened: &OPENED,
        voter,
        link,
        answers,
    });
    // Of these, each voter has the style of its number.
    let of_kind = |name: &str, style: u64, answers| Sample {
        name: format!("kinds: {name}"),
        opened: &KINDS,
        voter: style as usize,
        link: None,
        answers,
    };
    let alone = (0..).zip(ALONE).map(|(style, (name, answer))| of_kind(name, style, vec![answer]));
    let joined =
        [of_kind("several, some with a range proof", SEVERAL, vote_of_several()), of_kind("all", ALL, vote_of_all())];
    choices.into_iter().chain(alone).chain(joined).collect()
}

fn ballot_vector(source: &mut Source, sample: &Sample) -> Value {
    let Sample { name, opened, voter, link, answers } = sample;
    let voter = opened.voters[*voter];
    let style = opened.style(voter.style);
    let vote = Vote::draw(source, voter.kappa, *link, opened.coordinates(voter.style, answers));
    let draft = style.draft(&vote);
    let proof = style.prove(&vote, &draft, &Masks::draw(source, &style.shape));
    let ballot = opened.ballot(voter.style, &vote, &draft, &proof);
    let context = opened.scene.board.poll().unwrap().context(voter.style).unwrap();
    let verified = context.verify(&tabella_election::ballot::join(&ballot.prefix), &proof.bytes).unwrap();
    assert_eq!(verified.tracker(), draft.tracker());

    let more = json!({
        "setup": opened.setup(), "style": voter.style, "slots": draft.slots, "tracker_hash": hex(draft.tracker_hash),
        "payload": hex(encode(&ballot)),
    });
    vector(format!("ballot: {name}"), "ballot", with(with(draft_json(&vote, &draft), proof.json), more))
}

fn challenge_vector(source: &mut Source, sample: &Sample) -> Value {
    let Sample { name, opened, voter, link, answers } = sample;
    let voter = opened.voters[*voter];
    let style = opened.style(voter.style);
    let vote = Vote::draw(source, voter.kappa, *link, opened.coordinates(voter.style, answers));
    let draft = style.draft(&vote);
    let opening = style.challenge(&vote, &draft, &source.scalar());
    let payload = encode(&opened.challenge(voter.style, &vote, &draft, &opening));
    assert_eq!(opened.scene.judge(Kind::Challenge, &payload), None, "{name}");
    let more = json!({ "setup": opened.setup(), "style": voter.style, "payload": hex(payload) });
    vector(format!("challenge: {name}"), "challenge", with(with(draft_json(&vote, &draft), opening.json), more))
}
