//! A payload that is judged, as the files show it.

use serde_json::{Value, json};
use tabella_election::{Code, Kind};

use crate::file::{code, hex, hexes, vector};
use crate::scene::Scene;
use crate::story::{Opened, StoryVoter};

/// What a payload comes upon.
pub struct Submission<'a> {
    pub scene: &'a Scene,
    pub roll: &'a [StoryVoter],
    pub head: Option<[u8; 20]>,
    pub used: &'a [[u8; 32]],
}

impl Submission<'_> {
    pub fn bad(&self, opened: &Opened, kind: Kind, name: &str, payload: Vec<u8>, expected: Option<Code>) -> Value {
        assert_eq!(self.scene.judge(kind, &payload), expected, "{kind}: {name}");
        let listed = |voter: &StoryVoter| json!({ "credential": hex(voter.credential()), "style": voter.style });
        let fields = json!({
            "setup": opened.setup(), "roll": self.roll.iter().map(listed).collect::<Vec<_>>(),
            "head": self.head.map(hex), "used": hexes(self.used), "payload": hex(payload), "code": code(expected),
        });
        vector(format!("bad {kind}: {name}"), &format!("bad_{kind}"), fields)
    }
}
