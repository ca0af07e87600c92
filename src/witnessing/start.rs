//! Before the board signs anything more, every witness is asked to cosign what it has signed last: who has seen more, or other, does not.
//! A board that was started from an old copy must not sign a second history. Implements specs/board.md#start.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tabella_board::policy::{Policy, Witness};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::agent::{Failure, WitnessAgent};
use super::comparison::{Contradiction, Own, Unconfirmed};
use super::{Witnessing, on_thread};
use crate::sequencer::SignedHead;

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
        "these witnesses have not confirmed what this log has signed last: {}. Together they could have cosigned more entries than the \
         {own} in this store. Start again when enough of them can be reached. Only if you know that this folder was not restored from a \
         copy, start with --start-without-witnesses {id}", .silent.join("; ")
    )]
    Silent {
        /// The election.
        id: String,
        /// Who did not answer, and why.
        silent: Vec<String>,
        /// The size of the board's own log.
        own: u64,
    },
}

/// Asks every witness to cosign what the log has signed last. Waits until those that have not could not have made a larger log
/// public among themselves: every quorum has somebody in common with those that have.
///
/// An answer that was kept from earlier, or that somebody else gives, is no cosignature of this very checkpoint. An election that has
/// ended signs nothing more: for it silence is no reason not to start.
pub(crate) async fn judge_start(own: Own, agent: &WitnessAgent, settings: &Witnessing) -> Result<(), WitnessFault> {
    let own = Arc::new(own);
    let SignedHead { policy, .. } = &*own.signed;
    let end = Instant::now() + settings.witness_patience;
    let mut silent: BTreeMap<usize, Failure> =
        (0..policy.witnesses().len()).map(|position| (position, Failure::NoAddress)).collect();
    loop {
        ask(&own, agent, &mut silent).await?;
        if !is_quorum(policy, &silent) {
            return Ok(());
        }
        if Instant::now() + ASK_AGAIN >= end || own.signed.is_finished() {
            break;
        }
        sleep(ASK_AGAIN).await;
    }
    let origin = policy.log().origin().to_string();
    let silent = silent
        .iter()
        .filter_map(|(position, failure)| Some(format!("{} ({failure})", policy.witnesses().get(*position)?.name)));
    let silent: Vec<String> = silent.collect();
    if own.signed.is_finished() || settings.start_without_witnesses.iter().any(|excused| excused == id(&origin)) {
        tracing::warn!(
            origin,
            silent = silent.join("; "),
            "starting although witnesses have not confirmed what was signed last"
        );
        return Ok(());
    }
    Err(WitnessFault::Silent { id: id(&origin).to_owned(), silent, own: own.signed.head().size })
}

/// The election of a log: its origin is `<host>/<id>`.
fn id(origin: &str) -> &str {
    origin.rsplit('/').next().unwrap_or_default()
}

/// Whether these witnesses alone could make a checkpoint public.
fn is_quorum(policy: &Policy, silent: &BTreeMap<usize, Failure>) -> bool {
    let named =
        |name: &str| silent.keys().any(|position| policy.witnesses().get(*position).is_some_and(|w| w.name == name));
    policy.is_quorum(|witness: &Witness| named(&witness.name))
}

/// Asks those who are silent, all at once; leaves those who do not confirm. One that has seen more is enough not to start.
async fn ask(own: &Arc<Own>, agent: &WitnessAgent, silent: &mut BTreeMap<usize, Failure>) -> Result<(), WitnessFault> {
    let mut questions = JoinSet::new();
    for position in silent.keys().copied() {
        let (own, agent) = (Arc::clone(own), agent.clone());
        questions.spawn(async move {
            let answer = on_thread(move || own.confirmed(&agent, position)).await;
            (
                position,
                answer.unwrap_or_else(|| Err(Failure::NoAnswer("there is no thread to ask it".to_owned()).into())),
            )
        });
    }
    while let Some(Ok((position, answer))) = questions.join_next().await {
        match answer {
            Ok(()) => drop(silent.remove(&position)),
            Err(Unconfirmed::Contradiction(contradiction)) => return Err(contradiction.into()),
            Err(Unconfirmed::Failure(failure)) => drop(silent.insert(position, failure)),
        }
    }
    Ok(())
}
