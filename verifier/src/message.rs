//! Signed payloads and the bodies that stand in them. Implements specs/conventions.md#signatures and specs/entries.cddl.

use crate::cbor::{self, Malformed};
use crate::checks::Code;
use crate::entry::Kind;
use crate::manifest::Manifest;
use crate::note;
use crate::tree::Hash;
use ciborium::Value;

/// A signed payload that was decoded; its signature is not checked yet.
#[derive(Debug)]
pub struct Message {
    kind: Kind,
    /// Key 0 of every body but the manifest's.
    pub election: Option<Hash>,
    pub body: Vec<u8>,
    signature: [u8; 64],
    pub content: Content,
}

/// Who must have signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    Authority,
    Registrar,
    /// Index of the trustee, as written.
    Trustee(u64),
}

impl Message {
    /// Decodes the payload of a kind that is signed: all but ballots and challenges.
    pub fn decode(kind: Kind, payload: &[u8]) -> Result<Self, Code> {
        Self::parse(kind, payload).map_err(|_| Code::PayloadMalformed)
    }

    fn parse(kind: Kind, payload: &[u8]) -> Result<Self, Malformed> {
        let value = cbor::decode(payload)?;
        let [body, signature] = cbor::tuple(&value)?;
        let body = cbor::bytes(body)?.to_owned();
        let (election, content) = decode_body(kind, &cbor::decode(&body)?)?;
        Ok(Self { kind, election, body, signature: cbor::fixed(signature)?, content })
    }

    /// Whether `key` signed this body as one of this kind.
    pub fn is_signed_by(&self, key: &[u8; 32]) -> bool {
        let message = [b"tabella/1/", self.kind.name().as_bytes(), &[0], &self.body].concat();
        note::signed_by(key, &message, &self.signature)
    }
}

/// The step of a ceremony that a message is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    pub attempt: u64,
    pub history: Hash,
}

/// What a body says, without the election at its head.
#[derive(Debug)]
pub enum Content {
    Manifest(Box<Manifest>),
    Commit {
        context: Context,
        trustee: u64,
        commitment: Hash,
        envelope_keys: Vec<(u64, [u8; 32])>,
    },
    Round {
        context: Context,
        left_out: Vec<u64>,
    },
    Restart {
        context: Context,
    },
    Deal {
        context: Context,
        trustee: u64,
        chunk: u64,
        chunks: u64,
        piece: Vec<u8>,
    },
    Confirm {
        context: Context,
        trustee: u64,
        confirmed: Vec<(u64, Hash)>,
        complaints: Vec<(u64, [u8; 32])>,
    },
    Keys {
        context: Context,
        trustee: u64,
        keys_hash: Hash,
    },
    Rehearse {
        keys_hash: Hash,
        round: u64,
    },
    Rehearsal {
        keys_hash: Hash,
        round: u64,
        trustee: u64,
        decryption: Vec<u8>,
        proof: Vec<u8>,
    },
    Roll(RollChunk),
    Open {
        anchor: String,
        keys_hash: Hash,
        roll_hash: Hash,
    },
    Close {
        anchor: String,
        ballots: u64,
        last: Hash,
    },
    Share {
        keys_hash: Hash,
        counted_hash: Hash,
        trustee: u64,
        decryption: Vec<u8>,
        proof: Vec<u8>,
        anchor: String,
    },
    /// For each contest the totals of its slots; none if it is withheld.
    Result {
        anchor: String,
        counted_hash: Hash,
        contests: Vec<Option<Vec<u64>>>,
    },
    Final {
        anchor: String,
        result: Hash,
    },
}

/// One piece of the roll.
#[derive(Debug)]
pub struct RollChunk {
    pub revision: u64,
    pub chunk: u64,
    pub chunks: u64,
    pub voters: Vec<RollLine>,
    /// SHA-256 of the body of the chunk before, zeros for the first.
    pub previous: Hash,
}

/// One voter of the roll.
#[derive(Debug)]
pub struct RollLine {
    pub credential: [u8; 32],
    pub weight: u64,
    pub style: u64,
}

impl Content {
    /// Who must have signed it.
    pub fn author(&self) -> Author {
        match self {
            Self::Commit { trustee, .. }
            | Self::Deal { trustee, .. }
            | Self::Confirm { trustee, .. }
            | Self::Keys { trustee, .. }
            | Self::Rehearsal { trustee, .. }
            | Self::Share { trustee, .. } => Author::Trustee(*trustee),
            Self::Roll(_) => Author::Registrar,
            _ => Author::Authority,
        }
    }
}

/// Decodes the body of a kind into its election, which a manifest does not name, and its content.
fn decode_body(kind: Kind, body: &Value) -> Result<(Option<Hash>, Content), Malformed> {
    let (election, content) = match kind {
        Kind::Manifest => return Ok((None, Content::Manifest(Box::new(Manifest::decode(body)?)))),
        Kind::Commit | Kind::Round | Kind::Restart | Kind::Deal | Kind::Confirm | Kind::Keys => {
            ceremony_body(kind, body)?
        }
        Kind::Rehearse => {
            let [election, keys_hash, round] = cbor::record(body)?;
            (election, Content::Rehearse { keys_hash: cbor::fixed(keys_hash)?, round: cbor::uint(round)? })
        }
        Kind::Rehearsal => {
            let [election, keys_hash, round, trustee, decryption, proof] = cbor::record(body)?;
            let content = Content::Rehearsal {
                keys_hash: cbor::fixed(keys_hash)?,
                round: cbor::uint(round)?,
                trustee: cbor::uint(trustee)?,
                decryption: cbor::bytes(decryption)?.to_owned(),
                proof: cbor::bytes(proof)?.to_owned(),
            };
            (election, content)
        }
        Kind::Roll => {
            let [election, revision, chunk, chunks, voters, previous] = cbor::record(body)?;
            let chunk = RollChunk {
                revision: cbor::uint(revision)?,
                chunk: cbor::uint(chunk)?,
                chunks: cbor::uint(chunks)?,
                voters: cbor::list(voters, roll_line)?,
                previous: cbor::fixed(previous)?,
            };
            (election, Content::Roll(chunk))
        }
        Kind::Open | Kind::Close | Kind::Share | Kind::Result | Kind::Final => control_body(kind, body)?,
        Kind::Ballot | Kind::Challenge => return Err(Malformed),
    };
    Ok((Some(cbor::fixed(election)?), content))
}

/// Bodies of specs/ceremony.md: election, attempt, history, and in messages of trustees the trustee.
fn ceremony_body(kind: Kind, body: &Value) -> Result<(&Value, Content), Malformed> {
    let context = |attempt, history| Ok(Context { attempt: cbor::uint(attempt)?, history: cbor::fixed(history)? });
    Ok(match kind {
        Kind::Commit => {
            let [election, attempt, history, trustee, commitment, keys] = cbor::record(body)?;
            let content = Content::Commit {
                context: context(attempt, history)?,
                trustee: cbor::uint(trustee)?,
                commitment: cbor::fixed(commitment)?,
                envelope_keys: cbor::map(keys, cbor::fixed)?,
            };
            (election, content)
        }
        Kind::Round => {
            let [election, attempt, history, left_out] = cbor::record(body)?;
            let left_out = cbor::list(left_out, cbor::uint)?;
            (election, Content::Round { context: context(attempt, history)?, left_out })
        }
        Kind::Restart => {
            let [election, attempt, history] = cbor::record(body)?;
            (election, Content::Restart { context: context(attempt, history)? })
        }
        Kind::Deal => {
            let [election, attempt, history, trustee, chunk, chunks, piece] = cbor::record(body)?;
            let content = Content::Deal {
                context: context(attempt, history)?,
                trustee: cbor::uint(trustee)?,
                chunk: cbor::uint(chunk)?,
                chunks: cbor::uint(chunks)?,
                piece: cbor::bytes(piece)?.to_owned(),
            };
            (election, content)
        }
        Kind::Confirm => {
            let [election, attempt, history, trustee, confirmed, complaints] = cbor::record(body)?;
            let content = Content::Confirm {
                context: context(attempt, history)?,
                trustee: cbor::uint(trustee)?,
                confirmed: cbor::map(confirmed, cbor::fixed)?,
                complaints: cbor::map(complaints, cbor::fixed)?,
            };
            (election, content)
        }
        Kind::Keys => {
            let [election, attempt, history, trustee, keys_hash] = cbor::record(body)?;
            let (trustee, keys_hash) = (cbor::uint(trustee)?, cbor::fixed(keys_hash)?);
            (election, Content::Keys { context: context(attempt, history)?, trustee, keys_hash })
        }
        _ => return Err(Malformed),
    })
}

/// Bodies of the entries that move an election on, and of shares.
fn control_body(kind: Kind, body: &Value) -> Result<(&Value, Content), Malformed> {
    let owned = |anchor| cbor::text(anchor).map(str::to_owned);
    Ok(match kind {
        Kind::Open => {
            let [election, anchor, keys_hash, roll_hash] = cbor::record(body)?;
            let (keys_hash, roll_hash) = (cbor::fixed(keys_hash)?, cbor::fixed(roll_hash)?);
            (election, Content::Open { anchor: owned(anchor)?, keys_hash, roll_hash })
        }
        Kind::Close => {
            let [election, anchor, ballots, last] = cbor::record(body)?;
            let (ballots, last) = (cbor::uint(ballots)?, cbor::fixed(last)?);
            (election, Content::Close { anchor: owned(anchor)?, ballots, last })
        }
        Kind::Share => {
            let [election, keys_hash, counted_hash, trustee, decryption, proof, anchor] = cbor::record(body)?;
            let content = Content::Share {
                keys_hash: cbor::fixed(keys_hash)?,
                counted_hash: cbor::fixed(counted_hash)?,
                trustee: cbor::uint(trustee)?,
                decryption: cbor::bytes(decryption)?.to_owned(),
                proof: cbor::bytes(proof)?.to_owned(),
                anchor: owned(anchor)?,
            };
            (election, content)
        }
        Kind::Result => {
            let [election, anchor, counted_hash, contests] = cbor::record(body)?;
            let (counted_hash, contests) = (cbor::fixed(counted_hash)?, cbor::list(contests, contest_totals)?);
            (election, Content::Result { anchor: owned(anchor)?, counted_hash, contests })
        }
        Kind::Final => {
            let [election, anchor, result] = cbor::record(body)?;
            (election, Content::Final { anchor: owned(anchor)?, result: cbor::fixed(result)? })
        }
        _ => return Err(Malformed),
    })
}

fn roll_line(value: &Value) -> Result<RollLine, Malformed> {
    let [credential, weight, style] = cbor::tuple(value)?;
    Ok(RollLine { credential: cbor::fixed(credential)?, weight: cbor::uint(weight)?, style: cbor::uint(style)? })
}

fn contest_totals(value: &Value) -> Result<Option<Vec<u64>>, Malformed> {
    cbor::nullable(value, |totals| cbor::list(totals, cbor::uint))
}
