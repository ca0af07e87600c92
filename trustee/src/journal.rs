//! What a trustee must not lose: its keys and secrets, the steps that it has taken, and what it has yet to hand in.

use anyhow::{Result, anyhow, ensure};
use ed25519_dalek::SigningKey;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use tabella_election::trustee::Trustee;
use tabella_election::{Election, Hash, Kind};
use zeroize::{Zeroize, Zeroizing};

const LABEL: &[u8] = b"tabella/1/trustee-journal\0";

/// More than everything takes beside the trustee's secrets and the payloads, so that writing leaves no copy behind.
const ROOM: usize = 4_096;

/// A trustee between its steps. Sealed as a whole before anything of it is handed in.
pub struct Journal {
    /// The trustee's name.
    pub name: String,
    /// What it signs with.
    pub signing_key: SigningKey,
    /// What [`Trustee::to_secret_bytes`] gave; `None` before the first step.
    trustee: Option<Zeroizing<Vec<u8>>>,
    /// What it has done, in order.
    pub steps: Vec<Step>,
    /// How many of the steps the latest backup holds; `None` without a backup.
    pub backed_up: Option<u64>,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Step {
    /// What was made for the board.
    #[n(0)]
    #[cbor(with = "kind_text")]
    pub kind: Kind,
    /// The attempt at the ceremony; of a rehearsal its round; of a share 0.
    #[n(1)]
    pub number: u64,
    /// What it is about: in the ceremony the history, of `keys` and rehearsals the keys hash, of a share the counted hash.
    #[n(2)]
    pub subject: Hash,
    /// How many entries the board had.
    #[n(3)]
    pub size: u64,
    /// What became of its payloads.
    #[n(4)]
    pub fate: Fate,
    /// The payloads, as long as they are not known to be on the board. Those of a share are kept for good, as evidence.
    #[n(5)]
    pub payloads: Vec<ByteVec>,
}

/// What became of a step's payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Fate {
    /// They are to be handed in.
    #[n(0)]
    Pending,
    /// They stand on the board.
    #[n(1)]
    Accepted,
    /// The board can never take them.
    #[n(2)]
    Void,
}

impl Step {
    /// Whether it is the same step, whatever became of it.
    fn is_same(&self, other: &Self) -> bool {
        (self.kind, self.number, self.subject) == (other.kind, other.number, other.subject)
    }

    /// For people: "`deal` of attempt 1".
    pub fn describe(&self) -> String {
        match self.kind {
            Kind::Rehearsal => format!("answer to rehearsal {}", self.number),
            Kind::Share => "share of the result".to_owned(),
            kind => format!("`{kind}` of attempt {}", self.number),
        }
    }

    /// Notes what became of it, and forgets payloads that are of no more use; a share never is.
    pub fn settle(&mut self, fate: Fate) {
        self.fate = fate;
        if fate != Fate::Pending && self.kind != Kind::Share {
            self.payloads.clear();
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Sealed {
    #[n(0)]
    name: String,
    #[n(1)]
    signing_key: ByteArray<32>,
    #[n(2)]
    trustee: Option<ByteVec>,
    #[n(3)]
    steps: Vec<Step>,
    #[n(4)]
    backed_up: Option<u64>,
}

impl Journal {
    /// Of a trustee who has done nothing yet.
    pub fn new(name: String, signing_key: SigningKey) -> Self {
        Self { name, signing_key, trustee: None, steps: Vec::new(), backed_up: None }
    }

    /// The bytes to be sealed.
    pub fn to_secret_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        let mut sealed = Sealed {
            name: self.name.clone(),
            signing_key: self.signing_key.to_bytes().into(),
            trustee: self.trustee.as_ref().map(|bytes| bytes.to_vec().into()),
            steps: self.steps.clone(),
            backed_up: self.backed_up,
        };
        let payloads = self.steps.iter().flat_map(|step| &step.payloads);
        let length = self.trustee.as_ref().map_or(0, |bytes| bytes.len())
            + payloads.map(|payload| payload.len() + 16).sum::<usize>()
            + self.steps.len() * 128;
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + self.name.len() + ROOM));
        bytes.extend_from_slice(LABEL);
        let encoded = minicbor::encode(&sealed, &mut *bytes);
        sealed.signing_key.zeroize();
        sealed.trustee.iter_mut().for_each(|bytes| bytes.zeroize());
        encoded.map_err(|error| anyhow!("cannot write the journal: {error}"))?;
        Ok(bytes)
    }

    /// Reads what [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self> {
        let body = bytes
            .strip_prefix(LABEL)
            .ok_or_else(|| anyhow!("this is no key file of a trustee, or one of another version of this program"))?;
        let mut decoder = minicbor::Decoder::new(body);
        let sealed: Sealed =
            decoder.decode().map_err(|_| anyhow!("the key file is damaged inside; restore it from a backup"))?;
        ensure!(decoder.position() == body.len(), "the key file is damaged inside; restore it from a backup");
        let signing_key = Zeroizing::new(<[u8; 32]>::from(sealed.signing_key));
        Ok(Self {
            name: sealed.name,
            signing_key: SigningKey::from_bytes(&signing_key),
            trustee: sealed.trustee.map(|bytes| Zeroizing::new(bytes.into())),
            steps: sealed.steps,
            backed_up: sealed.backed_up,
        })
    }

    /// The trustee as it was after its last step; a new one before the first.
    pub fn trustee(&self, election: &Election) -> Result<Trustee> {
        match &self.trustee {
            Some(bytes) => Trustee::from_secret_bytes(bytes)
                .map_err(|_| anyhow!("the key file is damaged inside; restore it from a backup")),
            None => Ok(Trustee::new(election, self.signing_key.clone())?),
        }
    }

    /// The journal after one more step.
    pub fn with(&self, trustee: &Trustee, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self {
            name: self.name.clone(),
            signing_key: self.signing_key.clone(),
            trustee: Some(trustee.to_secret_bytes()),
            steps,
            backed_up: self.backed_up,
        }
    }

    /// The step whose payloads are to be handed in, if there is one: only ever the last.
    pub fn pending(&self) -> Option<&Step> {
        self.steps.last().filter(|step| step.fate == Fate::Pending)
    }

    /// How many entries the board had at least, when the trustee last acted on it.
    pub fn size(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.size)
    }

    /// The step in which this kind was sent with this number.
    pub fn step(&self, kind: Kind, number: u64) -> Option<&Step> {
        self.steps.iter().rev().find(|step| (step.kind, step.number) == (kind, number))
    }

    /// Whether it holds everything that `other` holds.
    pub fn covers(&self, other: &Self) -> bool {
        self.signing_key.verifying_key() == other.signing_key.verifying_key()
            && self.steps.len() >= other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(own, others)| own.is_same(others))
    }

    /// Whether the keys, or a share, would be lost with this file.
    pub fn is_backup_due(&self) -> bool {
        let covered = usize::try_from(self.backed_up.unwrap_or(0)).unwrap_or(usize::MAX);
        self.steps.iter().skip(covered).any(|step| matches!(step.kind, Kind::Keys | Kind::Share))
    }

    /// Up to where it goes, for people.
    pub fn extent(&self) -> String {
        self.steps.last().map_or("the signing key, and no step".to_owned(), |step| {
            format!("everything up to the {}", step.describe())
        })
    }
}

/// A kind by its name.
mod kind_text {
    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};
    use tabella_election::Kind;

    pub(super) fn encode<C, W: Write>(
        kind: &Kind,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        encoder.str(kind.as_str())?.ok()
    }

    pub(super) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Kind, DecodeError> {
        let position = decoder.position();
        decoder.str()?.parse().map_err(|_| DecodeError::message("unknown kind").at(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(kind: Kind, number: u64) -> Step {
        let payloads = vec![vec![number as u8; 3].into()];
        Step { kind, number, subject: Hash([7; 32]), size: 5, fate: Fate::Pending, payloads }
    }

    fn journal(steps: &[Step]) -> Journal {
        let mut journal = Journal::new("Alice".to_owned(), SigningKey::from_bytes(&[1; 32]));
        journal.steps = steps.to_vec();
        journal.trustee = Some(Zeroizing::new(vec![9; 100]));
        journal
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let mut written = journal(&[step(Kind::Commit, 1), step(Kind::Deal, 1)]);
        written.backed_up = Some(1);
        let bytes = written.to_secret_bytes().unwrap();
        let read = Journal::from_secret_bytes(&bytes).unwrap();
        assert_eq!((read.name.as_str(), &read.steps, read.backed_up), ("Alice", &written.steps, Some(1)));
        assert_eq!((read.trustee, read.signing_key), (written.trustee, written.signing_key));
        for other in [&bytes[1..], &bytes[..bytes.len() - 1], &[bytes.as_slice(), b"x"].concat()] {
            assert!(Journal::from_secret_bytes(other).is_err());
        }
    }

    #[test]
    fn one_journal_covers_another_that_it_continues() {
        let short = journal(&[step(Kind::Commit, 1)]);
        let long = journal(&[step(Kind::Commit, 1), step(Kind::Deal, 1)]);
        let other = journal(&[step(Kind::Commit, 2), step(Kind::Deal, 1)]);
        assert!(long.covers(&short) && long.covers(&long));
        assert!(!short.covers(&long) && !other.covers(&short));
    }

    #[test]
    fn a_backup_is_due_for_keys_and_shares() {
        let mut journal = journal(&[step(Kind::Commit, 1)]);
        assert!(!journal.is_backup_due());
        journal.steps.push(step(Kind::Keys, 1));
        assert!(journal.is_backup_due());
        journal.backed_up = Some(2);
        journal.steps.push(step(Kind::Rehearsal, 1));
        assert!(!journal.is_backup_due());
        journal.steps.push(step(Kind::Share, 0));
        assert!(journal.is_backup_due());
    }
}
