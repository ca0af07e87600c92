//! The board's side of witnessing: a checkpoint is published when the quorum of the manifest's policy has cosigned it. Implements
//! specs/board.md#publication.
//!
//! The sequencer numbers, signs and answers without waiting for anybody; what it has signed last is the signed head. Beside it runs
//! a task for each board, which has the head cosigned round by round, and publishes it. Read the modules in this order:
//!
//! 1. `agent`: a witness, spoken to over HTTP;
//! 2. `submission`: one checkpoint brought to one witness;
//! 3. `comparison`: what a witness has seen, held against what the board has;
//! 4. `start`: before the board signs anything, every witness is asked;
//! 5. `state`, `rounds`: the rounds, and what others may know of them.

mod agent;
mod submission;

mod comparison;
mod start;

mod rounds;
mod state;

use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::serving::seconds;

pub use self::agent::{Failure, WitnessAgent};
pub use self::comparison::Contradiction;
pub(crate) use self::comparison::Own;
pub(crate) use self::rounds::Rounds;
pub use self::start::WitnessFault;
pub(crate) use self::start::judge_start;
pub use self::state::{Quorum, WitnessState, WitnessingState};

/// How the server goes about with witnesses. The defaults fit witnesses on other machines.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Witnesses")]
pub struct Witnessing {
    /// Seconds in which a witness must answer
    #[arg(long, default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub witness_timeout: Duration,
    /// Seconds to wait for a quorum where somebody waits for the answer, and for witnesses when the server starts
    #[arg(long, default_value = "20", value_name = "SECONDS", value_parser = seconds)]
    pub witness_patience: Duration,
    /// Seconds without a quorum after which the alarm is raised
    #[arg(long, default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub quorum_alarm: Duration,
    /// Start the board of this election although too few witnesses say that they have seen no more than it has; may be given again.
    /// Only if this folder was never restored from a copy: a board that goes on from an old copy signs a second history
    #[arg(long, value_name = "ID")]
    pub start_without_witnesses: Vec<String>,
}

impl Default for Witnessing {
    fn default() -> Self {
        Self {
            witness_timeout: Duration::from_secs(10),
            witness_patience: Duration::from_secs(20),
            quorum_alarm: Duration::from_secs(10),
            start_without_witnesses: Vec::new(),
        }
    }
}

/// Does what may wait long for somebody else, on a thread of its own: one that hangs does not keep the program from ending. `None` if
/// it panicked, or there is no thread to be had.
async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    let thread = thread::Builder::new().name("witness".to_owned());
    thread.spawn(move || drop(done.send(work()))).ok()?;
    result.await.ok()
}
