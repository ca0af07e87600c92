//! What the witnesses say while a board is followed. Implements specs/follow.md#witnesses.

use crate::alarm::Alarm;
use crate::follow::look::Follower;
use crate::follow::trouble::Trouble;
use crate::witnesses::{ask, fork};
use std::time::{Duration, Instant};
use tabella_verifier::evidence::Files;
use tabella_verifier::policy::Witness;
use tabella_verifier::views::{Answer, Standing, View, compare};

/// When nothing happens the witnesses are asked again after this time.
const PAUSE: Duration = Duration::from_secs(300);

/// What the witnesses have answered.
#[derive(Default)]
pub struct Asking {
    answers: Option<(Instant, Vec<(Witness, Answer)>)>,
    /// The head that a witness has cosigned and the board does not show yet.
    awaited: Option<Alarm>,
    /// What is known of all of them.
    pub views: Vec<View>,
}

impl Asking {
    /// Asks the witnesses if it is time for that, and holds their answers against the last verified head. Gives what is lacking.
    pub fn look(&mut self, follower: &Follower, is_new: bool, once: bool) -> Result<Option<Alarm>, Trouble> {
        let (Some(key), Some(head)) = (&follower.memory.key, &follower.memory.copy.head) else {
            return Ok(None);
        };
        let Some(policy) = follower.policy() else {
            return Ok(None);
        };
        let is_time = match &self.answers {
            None => true,
            // What a witness was ahead with is compared before it is asked for more.
            Some((at, _)) => !once && self.awaited.is_none() && (is_new || at.elapsed() >= PAUSE),
        };
        if is_time {
            self.answers = Some((Instant::now(), ask(policy)));
        }
        self.awaited = None;
        self.views.clear();
        for (witness, answer) in self.answers.iter().flat_map(|(_, answers)| answers) {
            let beginning = |smaller| follower.memory.copy.beginning(smaller);
            let compared = compare(witness, answer.clone(), key, &head.checkpoint, &beginning)?;
            match compared.view.standing {
                Standing::Fork => return Err(Trouble::Caught(fork(key, &head.bytes, &compared))),
                Standing::Ahead => {
                    let size = compared.view.size.unwrap_or_default();
                    let message =
                        format!("shows {} entries, and the witness {} has cosigned {size}", head.size(), witness.name);
                    let seen = Files::from([("seen.checkpoint".to_owned(), compared.note)]);
                    let files = follower.files().into_iter().chain(seen).collect();
                    self.awaited = Some(Alarm { code: "witness_ahead", message, files });
                }
                _ => {}
            }
            self.views.push(compared.view);
        }
        Ok(self.awaited.clone())
    }
}
