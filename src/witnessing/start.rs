//! Before the board signs anything, every witness is asked what it has seen: a board that was started from an old copy must not sign
//! a second history. Implements specs/board.md#start.

use std::sync::Arc;
use std::time::Duration;

use tabella_board::policy::{Policy, Witness};
use tabella_board::tree::TreeHead;
use tabella_record::files::Record;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::agent::{Failure, WitnessAgent};
use super::comparison::{Contradiction, Seen, compare};
use super::{Witnessing, on_thread};

/// The time between two questions to a witness that does not answer.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Why the board does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessFault {
    /// A witness has seen more, or other, than the board has.
    #[error(transparent)]
    Contradiction(#[from] Box<Contradiction>),
    /// So many witnesses are silent that they could have cosigned a larger log.
    #[error(
        "these witnesses do not say what they have seen of this log: {}. Together they could have cosigned more entries than the {own} in \
         this store. Start again when enough of them can be reached. Only if you know that this folder was not restored from a copy, \
         start with --start-without-witnesses", .silent.join("; ")
    )]
    Silent {
        /// Who did not answer, and why.
        silent: Vec<String>,
        /// The size of the board's own log.
        own: u64,
    },
}

/// What the board is about to go on with.
pub(crate) struct Own {
    /// The policy of the manifest.
    pub(crate) policy: Arc<Policy>,
    /// The head that was signed last.
    pub(crate) head: TreeHead,
    /// The files, with all tiles of that head.
    pub(crate) record: Record,
}

/// Asks every witness what it has cosigned of this log. Waits until those that do not answer could not have made a larger log
/// public among themselves: every quorum has somebody in common with those that answered.
pub(crate) async fn judge_start(own: Own, agent: &WitnessAgent, settings: &Witnessing) -> Result<(), WitnessFault> {
    let own = Arc::new(own);
    let end = Instant::now() + settings.witness_patience;
    let mut silent: Vec<(usize, Failure)> =
        (0..own.policy.witnesses().len()).map(|position| (position, Failure::NoAddress)).collect();
    loop {
        silent = ask(&own, agent, silent).await?;
        let is_silent = |witness: &Witness| named(&own.policy, &silent).any(|(name, _)| name == witness.name);
        if !own.policy.is_quorum(is_silent) {
            return Ok(());
        }
        if Instant::now() + ASK_AGAIN >= end {
            break;
        }
        sleep(ASK_AGAIN).await;
    }
    let silent: Vec<String> =
        named(&own.policy, &silent).map(|(name, failure)| format!("{name} ({failure})")).collect();
    if settings.start_without_witnesses {
        tracing::warn!(silent = silent.join("; "), "starting although witnesses do not say what they have seen");
        return Ok(());
    }
    Err(WitnessFault::Silent { silent, own: own.head.size })
}

fn named<'a>(policy: &'a Policy, silent: &'a [(usize, Failure)]) -> impl Iterator<Item = (&'a str, &'a Failure)> {
    silent.iter().filter_map(|(position, failure)| Some((policy.witnesses().get(*position)?.name.as_str(), failure)))
}

/// Asks these witnesses, all at once; gives those that did not answer.
async fn ask(
    own: &Arc<Own>,
    agent: &WitnessAgent,
    whom: Vec<(usize, Failure)>,
) -> Result<Vec<(usize, Failure)>, WitnessFault> {
    let mut questions = JoinSet::new();
    for (position, _) in whom {
        let (own, agent) = (Arc::clone(own), agent.clone());
        questions.spawn(async move {
            let answer = on_thread(move || own.ask(&agent, position)).await;
            (position, answer.unwrap_or_else(|| Err(Failure::NoAnswer("there is no thread to ask it".to_owned()))))
        });
    }
    let mut silent = Vec::new();
    for (position, answer) in questions.join_all().await {
        match answer {
            Ok(None) => {}
            Ok(Some(contradiction)) => return Err(Box::new(contradiction).into()),
            Err(failure) => silent.push((position, failure)),
        }
    }
    silent.sort_unstable_by_key(|(position, _)| *position);
    Ok(silent)
}

impl Own {
    /// What a witness has seen, if it contradicts the board.
    pub(super) fn ask(&self, agent: &WitnessAgent, position: usize) -> Result<Option<Contradiction>, Failure> {
        let witness = self.policy.witnesses().get(position).ok_or(Failure::NoAddress)?;
        let log = self.policy.log();
        let Some(note) = agent.latest(witness, log.origin())? else { return Ok(None) };
        let (Seen::Larger(seen) | Seen::Other(seen)) = compare(&note, log, self.head, &self.record)? else {
            return Ok(None);
        };
        Ok(Some(Contradiction {
            witness: witness.name.clone(),
            address: witness.address.clone().unwrap_or_default(),
            seen,
            own: self.head.size,
            note: String::from_utf8_lossy(&note).into_owned(),
        }))
    }
}
