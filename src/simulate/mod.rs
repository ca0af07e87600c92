//! `tabella simulate`: a whole election on the votes of a file, every role played on this machine.
//!
//! Store, sequencer, rules and files are those of a real election; each role acts on what it reads from the board, after judging
//! every entry itself, and keeps its secrets in a folder of its own. Only the distance between the roles is missing.

mod command;
mod contest;
pub(crate) mod folders;
pub(crate) mod manifest;
pub(crate) mod progress;
pub(crate) mod randomness;
mod roles;
mod show;
mod table;
pub(crate) mod voters;

use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use tabella_election::authority;
use tabella_election::message::Contest;
use tabella_election::voter::Booth;
use tabella_election::{Kind, registrar};

pub use self::command::Arguments;
use self::folders::Folders;
use self::progress::Progress;
use self::randomness::Seed;
use self::roles::Trustees;
use self::table::Table;
use self::voters::{Visit, Voters};
use crate::result::Results;
use crate::votes::VoteFile;

/// Voters whose ballots are made, numbered and published together.
const VOTERS_TOGETHER: u64 = 1_024;

/// What a simulation is made of.
pub struct Simulation<'a> {
    /// The options, the rule and the votes.
    pub file: &'a VoteFile,
    /// The contest that they make.
    pub contest: Contest,
    /// The election's short name.
    pub id: String,
    /// n, the number of trustees.
    pub trustees: u64,
    /// t, how many of them decrypt.
    pub threshold: u64,
    /// The fewest ballots that are decrypted.
    pub minimum: u64,
    /// What the voters do.
    pub voters: Voters<'a>,
    /// Where everything is written.
    pub folders: &'a Folders,
    /// Where everything random comes from.
    pub seed: &'a Seed,
}

impl Simulation<'_> {
    /// Runs the election from the manifest to the final entry.
    pub async fn run(&self, progress: &Progress) -> Result<Results> {
        let authority = self.signing_key("authority")?;
        let registrar = self.signing_key("registrar")?;
        let trustees = (1..=self.trustees).map(|number| self.signing_key(&format!("trustee-{number}")));
        let trustees = trustees.collect::<Result<Vec<_>>>()?;
        let mut table = Table::set(self, progress).await?;

        progress.say("Manifest: what is voted on, by which rules, and who holds which key");
        let manifest = self.manifest(&table, &authority, &registrar, &trustees);
        table.submit(Kind::Manifest, authority::manifest(manifest, &authority)).await?;
        self.folders.write_fingerprint(&table.board()?.election().fingerprint().to_string())?;

        progress.say(&format!("Key ceremony: {} trustees, any {} decrypt", self.trustees, self.threshold));
        let mut trustees = Trustees::new(self, table.board()?.election(), trustees)?;
        trustees.make_keys(&mut table, &authority).await?;

        self.enrol(&mut table, &registrar, progress).await?;
        let anchor = table.anchor()?;
        table.submit(Kind::Open, authority::open(table.board()?, anchor, &authority)?).await?;
        self.vote(&mut table, progress).await?;
        let (anchor, last) = (table.anchor()?, table.last_leaf());
        table.submit(Kind::Close, authority::close(table.board()?, anchor, last, &authority)?).await?;

        progress.say(&format!("Tally: {} of the trustees decrypt the sums", self.threshold));
        trustees.decrypt(&mut table).await?;
        let anchor = table.anchor()?;
        table.submit(Kind::Result, authority::result(table.board()?, anchor, &authority)?).await?;
        let anchor = table.anchor()?;
        table.submit(Kind::Final, authority::finish(table.board()?, anchor, &authority)?).await?;
        let results = Results::of(table.board()?)?.context("the record has no result")?;
        table.clear().await?;
        Ok(results)
    }

    /// Draws a role's signing key and writes it into the role's folder.
    fn signing_key(&self, role: &str) -> Result<SigningKey> {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        rand_core::Rng::fill_bytes(&mut self.seed.of(role, 0), seed.as_mut());
        self.folders.role(role)?.write_secret("signing.key", seed.as_ref())?;
        Ok(SigningKey::from_bytes(&seed))
    }

    fn manifest(
        &self,
        table: &Table,
        authority: &SigningKey,
        registrar: &SigningKey,
        trustees: &[SigningKey],
    ) -> tabella_election::message::Manifest {
        let public = |key: &SigningKey| key.verifying_key().to_bytes().into();
        let keys = manifest::PublicKeys {
            log: table.log_key().public_key().into(),
            authority: public(authority),
            registrar: public(registrar),
            trustees: trustees.iter().map(public).collect(),
        };
        let (threshold, minimum) = (self.threshold, self.minimum);
        manifest::manifest(self.contest.clone(), self.id.clone(), table.policy(), keys, threshold, minimum)
    }

    async fn enrol(&self, table: &mut Table, key: &SigningKey, progress: &Progress) -> Result<()> {
        let count = self.file.votes.len() as u64;
        progress.say(&format!("Roll: a code for each of {count} voters, in {}", table::VOTERS_FILE));
        let voters = tokio::task::block_in_place(|| self.voters.enrol(table.board()?.election()))?;
        let chunks = registrar::roll(table.board()?, voters, key);
        let bar = progress.bar(chunks.len() as u64, "roll");
        for chunk in chunks {
            table.submit(Kind::Roll, chunk).await?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// The voters come in groups: a group's challenges, then its first ballots, then those that count.
    async fn vote(&self, table: &mut Table, progress: &Progress) -> Result<()> {
        let count = self.file.votes.len() as u64;
        progress
            .say(&format!("Voting: {count} voters encrypt, prove and cast; everybody reads and verifies each ballot"));
        let poll = table.board()?.poll().context("the voting is not open")?.clone();
        let booth = Booth::new(poll.election(), 0, poll.keys().slot_keys())?;
        let bar = progress.bar(count, "voters");
        for first in (0..count).step_by(VOTERS_TOGETHER as usize) {
            let numbers = first..count.min(first + VOTERS_TOGETHER);
            let group = numbers.end - numbers.start;
            let visits = tokio::task::block_in_place(|| self.voters.visit(&booth, poll.election(), numbers))?;
            table.keep_codes(first, &visits)?;
            self.cast(table, visits).await?;
            table.catch_up()?;
            bar.inc(group);
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn cast(&self, table: &mut Table, visits: Vec<Visit>) -> Result<()> {
        let (mut challenges, mut firsts, mut lasts) = (Vec::new(), Vec::new(), Vec::new());
        for visit in visits {
            challenges.extend(visit.challenge);
            firsts.extend(visit.first);
            lasts.push(visit.last);
        }
        table.submit_votes(Kind::Challenge, challenges).await?;
        table.submit_votes(Kind::Ballot, firsts).await?;
        table.submit_votes(Kind::Ballot, lasts).await
    }
}
