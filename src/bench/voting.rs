//! The voters hand in their ballots: so many at a time, or as many in a second.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use super::connection::{Answer, Connection};
use super::cost::cpu_time;
use super::stage::Target;
use crate::simulate::progress::Progress;

/// How long a voter waits before she hands the same in again, if nobody says how long.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// Whoever is still turned away then gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Connections of voters who come when they like, for each voter of the first part.
const CONNECTIONS: usize = 4;

/// Everybody who votes, and where.
pub(super) struct Hall {
    pub(super) targets: Vec<Target>,
    /// By the number of the voter.
    pub(super) ballots: Arc<Vec<Bytes>>,
    /// The process that is measured, if it was started here.
    pub(super) server: Option<u32>,
}

/// What came of the ballots of one part.
#[derive(Debug)]
pub(super) struct Part {
    /// How many ballots were to be handed in.
    pub(super) ballots: usize,
    /// From the first request to the last receipt.
    pub(super) time: Duration,
    /// What was seen.
    pub(super) seen: Seen,
    /// CPU time of the server, if it was started here.
    pub(super) server: Option<Duration>,
    /// CPU time of the voters.
    pub(super) voters: Option<Duration>,
}

/// What voters have seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The answers with receipts, by the number of the voter.
    pub(super) receipts: Vec<(usize, Bytes)>,
    /// How long each request took that was answered with a receipt.
    pub(super) accepted: Vec<Duration>,
    /// How long each request took that was answered with 503.
    pub(super) refused: Vec<Duration>,
    /// The longest time from a voter's first request to her receipt.
    pub(super) longest: Duration,
    /// How often which answer came: `201`, `503 busy`, or why none came.
    pub(super) answers: BTreeMap<String, u64>,
    /// Refusals that do not say when to come again.
    pub(super) without_retry_after: u64,
}

/// What a voter does next.
enum Next {
    Go,
    Wait(Duration),
}

impl Part {
    /// Ballots accepted in a second.
    pub(super) fn rate(&self) -> f64 {
        self.seen.receipts.len() as f64 / self.time.as_secs_f64()
    }

    /// What a server in order does not answer, even if more comes than it can do.
    pub(super) fn odd_answers(&self) -> Vec<String> {
        let is_odd = |answer: &&String| !matches!(answer.as_str(), "201" | "503 busy");
        let odd = self.seen.answers.keys().filter(is_odd).cloned();
        let silent = (self.seen.without_retry_after > 0).then(|| "503 without Retry-After".to_owned());
        odd.chain(silent).collect()
    }
}

impl Seen {
    /// Takes down how a ballot was answered.
    fn take(&mut self, voter: usize, answer: Result<Answer>, took: Duration) -> Next {
        let Answer { status, retry_after, body } = match answer {
            Ok(answer) => answer,
            Err(error) => {
                *self.answers.entry(format!("{error:#}")).or_default() += 1;
                return Next::Wait(USUAL_WAIT);
            }
        };
        let code = (status >= 400).then(|| code(&body));
        let name = code.map_or_else(|| status.to_string(), |code| format!("{status} {code}"));
        *self.answers.entry(name).or_default() += 1;
        if matches!(status, 200 | 201) {
            self.receipts.push((voter, body));
            self.accepted.push(took);
            return Next::Go;
        }
        if status == 503 {
            self.refused.push(took);
            self.without_retry_after += u64::from(retry_after.is_none());
        }
        Next::Wait(retry_after.unwrap_or(USUAL_WAIT))
    }

    fn join(&mut self, other: Self) {
        self.receipts.extend(other.receipts);
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
        self.longest = self.longest.max(other.longest);
        for (answer, count) in other.answers {
            *self.answers.entry(answer).or_default() += count;
        }
        self.without_retry_after += other.without_retry_after;
    }
}

impl Hall {
    /// Hands in these ballots, `voters` at a time: each voter as soon as the one before her has her receipt.
    pub(super) async fn together(&self, numbers: Range<usize>, voters: usize, progress: &Progress) -> Result<Part> {
        let bar = progress.bar(numbers.len() as u64, "ballots");
        let next = Arc::new(AtomicUsize::new(numbers.start));
        self.part(numbers.len(), || {
            let mut tasks = JoinSet::new();
            for target in self.targets.iter().cycle().take(voters) {
                let (next, ballots, bar) = (Arc::clone(&next), Arc::clone(&self.ballots), bar.clone());
                let (mut connection, end) = (Connection::to(target.clone()), numbers.end);
                tasks.spawn(async move {
                    let mut seen = Seen::default();
                    loop {
                        let voter = next.fetch_add(1, Ordering::Relaxed);
                        let Some(ballot) = ballots.get(voter).filter(|_| voter < end) else { return seen };
                        vote(voter, ballot, &mut seen, &mut connection).await;
                        bar.inc(1);
                    }
                });
            }
            tasks
        })
        .await
    }

    /// Hands in these ballots, `rate` in a second, whether the server keeps up or not.
    pub(super) async fn crowd(
        &self,
        numbers: Range<usize>,
        rate: f64,
        voters: usize,
        progress: &Progress,
    ) -> Result<Part> {
        let bar = progress.bar(numbers.len() as u64, "ballots");
        let room = Arc::new(Room::new(&self.targets, voters * CONNECTIONS));
        self.part(numbers.len(), || {
            let (mut tasks, begun) = (JoinSet::new(), Instant::now());
            for (position, voter) in numbers.enumerate() {
                let (room, ballots, bar) = (Arc::clone(&room), Arc::clone(&self.ballots), bar.clone());
                let comes = begun + Duration::from_secs_f64(position as f64 / rate);
                tasks.spawn(async move {
                    sleep_until(comes.into()).await;
                    let mut seen = Seen::default();
                    if let Some(ballot) = ballots.get(voter) {
                        come(voter, ballot, &mut seen, &room, comes).await;
                    }
                    bar.inc(1);
                    seen
                });
            }
            tasks
        })
        .await
    }

    /// Measures what these tasks do.
    async fn part(&self, ballots: usize, begin: impl FnOnce() -> JoinSet<Seen>) -> Result<Part> {
        let cpu = || (self.server.and_then(|server| cpu_time(Some(server))), cpu_time(None));
        let (before, begun) = (cpu(), Instant::now());
        let mut tasks = begin();
        let mut seen = Seen::default();
        while let Some(ended) = tasks.join_next().await {
            seen.join(ended.context("a voter's task failed")?);
        }
        let (time, after) = (begun.elapsed(), cpu());
        let answers = &seen.answers;
        ensure!(
            seen.receipts.len() == ballots,
            "{} of {ballots} voters have no receipt: {answers:?}",
            ballots - seen.receipts.len()
        );
        let spent = |after: Option<Duration>, before| Some(after?.saturating_sub(before?));
        Ok(Part { ballots, time, seen, server: spent(after.0, before.0), voters: spent(after.1, before.1) })
    }
}

/// A voter who keeps her connection until she has her receipt.
async fn vote(voter: usize, ballot: &Bytes, seen: &mut Seen, connection: &mut Connection) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let sent = Instant::now();
        let answer = connection.hand_in(ballot.clone()).await;
        match seen.take(voter, answer, sent.elapsed()) {
            Next::Go => break,
            Next::Wait(time) => sleep(time).await,
        }
    }
    seen.longest = seen.longest.max(begun.elapsed());
}

/// A voter who comes at this moment, and comes again if she is turned away, somewhat later than she was told: not all at once.
async fn come(voter: usize, ballot: &Bytes, seen: &mut Seen, room: &Room, comes: Instant) {
    let mut sent = comes;
    for attempt in 1.. {
        let answer = room.hand_in(ballot.clone()).await;
        match seen.take(voter, answer, sent.elapsed()) {
            Next::Wait(time) if comes.elapsed() < PATIENCE => {
                sleep(time + time.mul_f64(spread(voter, attempt))).await;
                sent = Instant::now();
            }
            _ => break,
        }
    }
    seen.longest = seen.longest.max(comes.elapsed());
}

/// A number from 0 to 1 that differs from voter to voter and from time to time.
fn spread(voter: usize, attempt: usize) -> f64 {
    ((voter * 617 + attempt * 271) % 1_000) as f64 / 1_000.0
}

/// Connections that whoever comes may use.
struct Room {
    free: Semaphore,
    connections: Mutex<Vec<Connection>>,
}

impl Room {
    fn new(targets: &[Target], count: usize) -> Self {
        let connections: Vec<_> = targets.iter().cycle().take(count).cloned().map(Connection::to).collect();
        Self { free: Semaphore::new(connections.len()), connections: Mutex::new(connections) }
    }

    async fn hand_in(&self, ballot: Bytes) -> Result<Answer> {
        let _permit = self.free.acquire().await?;
        let connections = || self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = connections().pop().context("there is no connection")?;
        let answer = connection.hand_in(ballot).await;
        connections().push(connection);
        answer
    }
}

/// The code of a problem.
fn code(body: &[u8]) -> String {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    problem
        .and_then(|problem| Some(problem.get("code")?.as_str()?.to_owned()))
        .unwrap_or_else(|| "no problem document".to_owned())
}
