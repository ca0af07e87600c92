//! The trustees of a simulation, each with a folder of its own.

use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use tabella_election::trustee::Trustee;
use tabella_election::{Election, Kind, authority};

use super::Simulation;
use super::folders::RoleFolder;
use super::randomness::Seed;
use super::table::Table;

/// All trustees, and how many of them decrypt.
pub struct Trustees {
    trustees: Vec<Seat>,
    threshold: usize,
    seed: Seed,
}

/// One trustee at the table.
struct Seat {
    number: u64,
    trustee: Trustee,
    folder: RoleFolder,
}

impl Seat {
    /// What the trustee keeps is durable before anything that depends on it is sent.
    fn save(self) -> Result<Self> {
        self.folder.write_secret("trustee.key", &self.trustee.to_secret_bytes())?;
        Ok(self)
    }
}

impl Trustees {
    /// The trustees of these signing keys, before the ceremony.
    pub fn new(simulation: &Simulation<'_>, election: &Election, keys: Vec<SigningKey>) -> Result<Self> {
        let seat = |(number, key)| {
            let folder = simulation.folders.role(&format!("trustee-{number}"))?;
            Ok(Seat { number, trustee: Trustee::new(election, key)?, folder })
        };
        let trustees = (1..).zip(keys).map(seat).collect::<Result<_>>()?;
        Ok(Self { trustees, threshold: usize::try_from(simulation.threshold)?, seed: simulation.seed.clone() })
    }

    /// The ceremony, and a rehearsal.
    pub async fn make_keys(&mut self, table: &mut Table, authority: &SigningKey) -> Result<()> {
        let seed = self.seed.clone();
        self.step(table, Kind::Commit, |seat, table| {
            let (trustee, payload) =
                seat.trustee.commit(table.board()?, &mut seed.of("commit of trustee", seat.number))?;
            Ok((Seat { trustee, ..seat }, vec![payload]))
        })
        .await?;
        table.submit(Kind::Round, authority::round(table.board()?, authority)?).await?;

        self.step(table, Kind::Deal, |seat, table| {
            let (trustee, payloads) =
                seat.trustee.deal(table.board()?, &mut seed.of("deal of trustee", seat.number))?;
            Ok((Seat { trustee, ..seat }, payloads))
        })
        .await?;
        table.submit(Kind::Round, authority::round(table.board()?, authority)?).await?;

        self.step(table, Kind::Confirm, |seat, table| {
            let (trustee, payload) = seat.trustee.confirm(table.board()?)?;
            Ok((Seat { trustee, ..seat }, vec![payload]))
        })
        .await?;
        table.submit(Kind::Round, authority::round(table.board()?, authority)?).await?;

        self.step(table, Kind::Keys, |seat, table| {
            let (trustee, payload) = seat.trustee.keys(table.board()?)?;
            Ok((Seat { trustee, ..seat }, vec![payload]))
        })
        .await?;
        table.submit(Kind::Rehearse, authority::rehearse(table.board()?, authority)?).await?;

        self.step(table, Kind::Rehearsal, |seat, table| {
            let payload = seat.trustee.rehearse(table.board()?, &mut seed.of("rehearsal of trustee", seat.number))?;
            Ok((seat, vec![payload]))
        })
        .await
    }

    /// As many trustees as are needed decrypt the sums; the last ones do, so that the first are seen not to be needed.
    /// The last entry is `close`.
    pub async fn decrypt(&mut self, table: &mut Table) -> Result<()> {
        if table.board()?.tally().is_some_and(|tally| tally.statement().is_none()) {
            return Ok(());
        }
        // The board's checkpoint grows with each share; all of them name this one.
        let after_close = table.anchor()?;
        let absent = self.trustees.len().saturating_sub(self.threshold);
        let seed = self.seed.clone();
        let mut present =
            Self { trustees: self.trustees.split_off(absent), threshold: self.threshold, seed: seed.clone() };
        let done = present.step(table, Kind::Share, |seat, table| {
            let rng = &mut seed.of("share of trustee", seat.number);
            let (trustee, payload) = seat.trustee.share(table.board()?, after_close.clone(), &table.log(), rng)?;
            Ok((Seat { trustee, ..seat }, vec![payload]))
        });
        done.await?;
        self.trustees.append(&mut present.trustees);
        Ok(())
    }

    /// Each trustee in turn does its part, saves what it holds, and sends.
    async fn step(
        &mut self,
        table: &mut Table,
        kind: Kind,
        part: impl Fn(Seat, &Table) -> Result<(Seat, Vec<Vec<u8>>)>,
    ) -> Result<()> {
        for seat in std::mem::take(&mut self.trustees) {
            let number = seat.number;
            let (seat, payloads) =
                part(seat, table).with_context(|| format!("trustee {number} could not send its `{kind}`"))?;
            self.trustees.push(seat.save()?);
            for payload in payloads {
                table.submit(kind, payload).await?;
            }
        }
        Ok(())
    }
}
