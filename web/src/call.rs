//! What the page can ask, and the answers.

use std::cell::RefCell;

use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use tabella_board::receipt::{Receipt, Standing};
use tabella_election::text::{Fingerprint, Tracker};
use tabella_election::voter::is_held;
use tabella_election::{Election, Kind};
use tabella_record::board_entry::BoardEntry;
use tabella_record::manifest_view::ManifestView;

use crate::desk::Desk;
use crate::fault::Fault;
use crate::files::Files;
use crate::memory::Memory;
use crate::picture::Picture;
use crate::place::Place;
use crate::selection::{Choices, Chosen};

/// A question of the page.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Call {
    /// Here is a file of the record: the bytes beside the question. `path` is its name in the record.
    Give { path: String },
    /// Reads manifest and opening, and holds them against the record. `fingerprint`, `checkpoint` and `received` are what the page kept of an earlier visit.
    Enter { fingerprint: Option<String>, checkpoint: Option<String>, received: Option<String> },
    /// Accepts the checkpoint that was given as the file `checkpoint`.
    Look {},
    /// Who has this code?
    Identify { code: String },
    /// Is this a vote in that contest?
    Judge { contest: u64, chosen: Chosen },
    /// Encrypts. `link` is the tracker of the voter's last ballot, `attempt` the number of this draft.
    Draft { choices: Choices, link: Option<String>, attempt: u64, seed: Seed },
    /// Casts what was encrypted.
    Cast { seed: Seed },
    /// Opens what was encrypted.
    Challenge { seed: Seed },
    /// Verifies what the board gave for an entry. `payload` is what was handed in for it, if it was from here.
    Receipt { entry: String, receipt: String, payload: Option<String> },
    /// Holds a receipt of earlier days against the latest checkpoint.
    Hold { entry: String, receipt: String },
    /// Reads a tracker as people type it.
    Tracker { text: String },
    /// The QR code of a text.
    Picture { text: String },
}

/// 32 bytes of randomness.
struct Seed([u8; 32]);

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = base64(&String::deserialize(deserializer)?).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("no 32 bytes of base64"))
    }
}

/// What the module remembers between calls.
#[derive(Default)]
struct Session {
    files: Files,
    place: Option<Place>,
    desk: Option<Desk>,
}

thread_local! {
    static SESSION: RefCell<Session> = RefCell::default();
}

/// Answers a call.
pub fn answer(input: &[u8]) -> Vec<u8> {
    let answered = SESSION.with_borrow_mut(|session| session.answer(input));
    let answer = match answered {
        Ok(done) => json!({ "done": done }),
        Err(Fault::Need(paths)) => json!({ "need": paths }),
        Err(Fault::Wrong(wrong)) => json!({ "fault": wrong }),
    };
    answer.to_string().into_bytes()
}

impl Session {
    fn answer(&mut self, input: &[u8]) -> Result<Value, Fault> {
        let (call, bytes) = tabella_border::parts(input).ok_or_else(|| Fault::call("not a call"))?;
        match serde_json::from_slice(call).map_err(|error| Fault::call(&error.to_string()))? {
            Call::Give { path } => self.give(path, bytes),
            Call::Enter { fingerprint, checkpoint, received } => {
                self.enter(fingerprint, checkpoint.as_deref(), received.as_deref())
            }
            Call::Look {} => self.look(),
            Call::Identify { code } => self.identify(&zeroize::Zeroizing::new(code)),
            Call::Judge { contest, chosen } => self.judge(contest, chosen),
            Call::Draft { choices, link, attempt, seed } => {
                let link = link.map(|link| link.parse::<Tracker>()).transpose()?;
                let tracker = self.desk()?.draft(choices, link, attempt, seed.0)?;
                Ok(json!({ "tracker": tracker.to_string() }))
            }
            Call::Cast { seed } => self.finish(Kind::Ballot, seed),
            Call::Challenge { seed } => self.finish(Kind::Challenge, seed),
            Call::Receipt { entry, receipt, payload } => self.receipt(&entry, &receipt, payload.as_deref()),
            Call::Hold { entry, receipt } => self.hold(&entry, &receipt),
            Call::Tracker { text } => Ok(json!(text.parse::<Tracker>()?.to_string())),
            Call::Picture { text } => Ok(json!(Picture::of(&text)?)),
        }
    }

    fn give(&mut self, path: String, bytes: &[u8]) -> Result<Value, Fault> {
        if path == "checkpoint" {
            self.files.forget();
        }
        self.files.give(path, bytes.to_vec());
        Ok(Value::Null)
    }

    fn enter(
        &mut self,
        fingerprint: Option<String>,
        checkpoint: Option<&str>,
        received: Option<&str>,
    ) -> Result<Value, Fault> {
        let expected = fingerprint.map(|text| text.parse::<Fingerprint>()).transpose()?;
        let place = Place::enter(&self.files, expected, checkpoint, received)?;
        let answer = json!({
            "manifest": ManifestView::new(&place.election),
            "fingerprint": place.election.fingerprint().to_string(),
            "is_open": place.poll.is_some(),
            "has_witnesses": !place.policy.is_quorum_none(),
            "voters": place.poll.as_ref().map(|poll| poll.voters),
            "checkpoint": place.memory.seen(),
            "received": place.memory.received(),
        });
        self.place = Some(place);
        self.desk = None;
        Ok(answer)
    }

    fn look(&mut self) -> Result<Value, Fault> {
        let place = self.place.as_mut().ok_or_else(not_entered)?;
        let head = place.memory.accept(self.files.file("checkpoint")?, &self.files)?;
        Ok(json!({ "checkpoint": place.memory.seen(), "received": place.memory.received(), "size": head.size }))
    }

    fn identify(&mut self, code: &str) -> Result<Value, Fault> {
        let place = self.place.as_ref().ok_or_else(not_entered)?;
        let identity = place.identify(code, &self.files)?;
        let answer = json!({
            "credential": identity.fingerprint.to_string(),
            "weight": identity.voter.weight,
            "style": identity.voter.style,
        });
        self.desk = Some(Desk::new(&place.election, &place.poll()?.slot_keys, identity)?);
        Ok(answer)
    }

    fn judge(&self, contest: u64, chosen: Chosen) -> Result<Value, Fault> {
        let election = &self.place()?.election;
        let contest = election.contest(contest).ok_or_else(|| Fault::call("there is no such contest"))?;
        contest.fill(&chosen.into())?;
        Ok(Value::Null)
    }

    fn finish(&mut self, kind: Kind, seed: Seed) -> Result<Value, Fault> {
        Ok(json!({ "payload": BASE64.encode(&self.desk()?.finish(kind, seed.0)?) }))
    }

    fn receipt(&mut self, entry: &str, receipt: &str, payload: Option<&str>) -> Result<Value, Fault> {
        let place = self.place.as_mut().ok_or_else(not_entered)?;
        let (entry, receipt) = (base64(entry)?, Receipt::parse(receipt.as_bytes())?);
        let (standing, parsed) = place.memory.accept_entry(&entry, &receipt, &place.policy, &self.files)?;
        let handed_in = payload.map(base64).transpose()?;
        if handed_in.is_some_and(|payload| payload != parsed.payload) {
            return Err(Fault::new("receipt_mismatch", "the receipt is for something else than was handed in"));
        }
        let read = BoardEntry::read(&place.election, &place.poll()?.slot_keys, &parsed, standing);
        let read = read.map_err(|fault| Fault::new("receipt_mismatch", fault))?;
        let chosen = self.desk.as_ref().map(Desk::chosen).filter(|chosen| !chosen.is_empty());
        let as_chosen = read.held.as_ref().zip(chosen).map(|(held, chosen)| is_held(&place.election, chosen, held));
        Ok(view(&place.election, read, as_chosen, &place.memory))
    }

    fn hold(&mut self, entry: &str, receipt: &str) -> Result<Value, Fault> {
        let place = self.place.as_mut().ok_or_else(not_entered)?;
        let (entry, receipt) = (base64(entry)?, Receipt::parse(receipt.as_bytes())?);
        let is_shown = place.memory.hold(&entry, &receipt, &place.policy, &self.files)?;
        Ok(json!({ "index": receipt.index, "is_shown": is_shown }))
    }

    fn place(&self) -> Result<&Place, Fault> {
        self.place.as_ref().ok_or_else(not_entered)
    }

    fn desk(&mut self) -> Result<&mut Desk, Fault> {
        self.desk.as_mut().ok_or_else(|| Fault::call("nobody has given a code"))
    }
}

/// A verified entry of a voter. `as_chosen` tells of an opened one whether it held what was chosen here.
fn view(election: &Election, read: BoardEntry, as_chosen: Option<bool>, memory: &Memory) -> Value {
    let witnesses = match &read.standing {
        Standing::Received => Vec::new(),
        Standing::Recorded(signed) => signed.iter().map(|signed| signed.witness.as_str()).collect(),
    };
    json!({
        "index": read.index,
        "kind": read.kind.as_str(),
        "tracker": read.tracker.to_string(),
        "link": read.link.map(|link| link.to_string()),
        "credential": tabella_election::text::CredentialFingerprint::new(&election.id(), &read.credential).to_string(),
        "is_recorded": matches!(read.standing, Standing::Recorded(_)),
        "witnesses": witnesses,
        "held": read.held.map(|held| held.into_iter().map(|(i, held)| (i, held.into())).collect::<Choices>()),
        "as_chosen": as_chosen,
        "checkpoint": memory.seen(),
        "received": memory.received(),
    })
}

fn base64(text: &str) -> Result<Vec<u8>, Fault> {
    BASE64.decode(text.as_bytes()).map_err(|_| Fault::call("not base64"))
}

fn not_entered() -> Fault {
    Fault::call("no election was entered")
}
