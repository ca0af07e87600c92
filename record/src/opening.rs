//! The way to vote without reading the whole ledger: where in the record the keys and the roll are signed, and what the signed
//! hashes commit to. Implements specs/server.md#opening.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use tabella_board::entry::Entry;
use tabella_crypto::qualified::KeysClaim;
use tabella_election::message::{Keys, Roll, Signed};
use tabella_election::opening::Opening;
use tabella_election::roll::RollClaim;
use tabella_election::rules::Poll;
use tabella_election::{ElectionId, EncodedPoint, Hash, Kind};

use crate::entries::EntryReader;

/// Entries that are read together.
const PAGE: usize = 1024;

/// What a server says of the opening of an election. Nothing of it is believed: [`Opening`] is held against the entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningView {
    /// The index of the `open` entry.
    pub open: u64,
    /// The keys.
    pub keys: KeysView,
    /// The roll.
    pub roll: RollView,
}

/// What the keys hash commits to, and where the trustees have signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysView {
    attempt: u64,
    history: String,
    /// The qualified trustees, ascending.
    pub qualified: Vec<QualifiedView>,
    slot_keys: Vec<String>,
    shares: Vec<String>,
}

/// A trustee who has confirmed the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualifiedView {
    /// Its index.
    pub trustee: u64,
    /// The index of its `keys` entry.
    pub entry: u64,
}

/// What the roll hash commits to, and where the chunks of the roll are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollView {
    revision: u64,
    /// How many voters are on it.
    pub voters: u64,
    chunks: Vec<ChunkView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChunkView {
    entry: u64,
    hash: String,
    /// The greatest credential in it; null if it is empty.
    last: Option<String>,
}

impl OpeningView {
    /// Finds the opening among the entries of this poll's election.
    pub fn find<R: EntryReader>(entries: &R, poll: &Poll) -> Result<Option<Self>, R::Error> {
        let mut found = Found::default();
        loop {
            let page = entries.entries_from(found.next, PAGE)?;
            if page.is_empty() {
                return Ok(None);
            }
            for entry in page {
                if found.read(entry) {
                    return Ok(Some(found.view(poll)));
                }
            }
        }
    }

    /// The claim, to be held against the entries; none if it is malformed.
    pub fn claim(&self, election: ElectionId) -> Option<Opening> {
        let chunks = self.roll.chunks.iter().map(|chunk| Some(Hash(bytes(&chunk.hash)?))).collect::<Option<_>>()?;
        let KeysView { attempt, history, qualified, slot_keys, shares } = &self.keys;
        let points = |texts: &[String]| texts.iter().map(|text| bytes(text)).collect::<Option<Vec<_>>>();
        Some(Opening {
            keys: KeysClaim {
                election: election.0,
                attempt: *attempt,
                history: bytes(history)?,
                qualified: qualified.iter().map(|qualified| qualified.trustee).collect(),
                slot_keys: points(slot_keys)?,
                shares: points(shares)?,
            },
            roll: RollClaim { revision: self.roll.revision, voters: self.roll.voters, chunks },
        })
    }

    /// The index of the `roll` entry in which a credential stands, if it is on the roll.
    pub fn chunk_of(&self, credential: &EncodedPoint) -> Option<u64> {
        let credential = HEXLOWER.encode(&credential.0);
        let holds = |chunk: &&ChunkView| chunk.last.as_ref().is_some_and(|last| *last >= credential);
        self.roll.chunks.iter().find(holds).map(|chunk| chunk.entry)
    }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// What was found among the entries before `open`.
#[derive(Default)]
struct Found {
    next: u64,
    confirmations: Vec<QualifiedView>,
    chunks: Vec<ChunkView>,
}

impl Found {
    /// Reads an entry that was accepted; tells whether it is `open`.
    fn read(&mut self, entry: Vec<u8>) -> bool {
        let index = self.next;
        self.next += 1;
        let Ok(entry) = Entry::parse(&entry) else { return false };
        match entry.kind.parse() {
            Ok(Kind::Open) => return true,
            Ok(Kind::Restart) => self.confirmations.clear(),
            Ok(Kind::Keys) => {
                let keys = Signed::<Keys>::decode(&entry.payload).ok();
                self.confirmations
                    .extend(keys.map(|keys| QualifiedView { trustee: keys.body().trustee, entry: index }));
            }
            Ok(Kind::Roll) => self.take_chunk(index, &entry.payload),
            _ => {}
        }
        false
    }

    fn take_chunk(&mut self, entry: u64, payload: &[u8]) {
        let Ok(chunk) = Signed::<Roll>::decode(payload) else { return };
        if chunk.body().chunk == 1 {
            self.chunks.clear();
        }
        let last = chunk.body().voters.last().map(|voter| HEXLOWER.encode(&voter.credential.0));
        self.chunks.push(ChunkView { entry, hash: HEXLOWER.encode(&chunk.body_hash().0), last });
    }

    fn view(mut self, poll: &Poll) -> OpeningView {
        let (keys, roll) = (poll.keys().claim(), poll.roll().claim());
        let hex = |points: &[[u8; 32]]| points.iter().map(|point| HEXLOWER.encode(point)).collect();
        self.confirmations.sort_by_key(|confirmation| confirmation.trustee);
        OpeningView {
            open: self.next - 1,
            keys: KeysView {
                attempt: keys.attempt,
                history: HEXLOWER.encode(&keys.history),
                qualified: self.confirmations,
                slot_keys: hex(&keys.slot_keys),
                shares: hex(&keys.shares),
            },
            roll: RollView { revision: roll.revision, voters: roll.voters, chunks: self.chunks },
        }
    }
}
