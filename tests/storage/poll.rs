//! An open election with one trustee, to vote in.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::sequencer::{Sequencer, Submission};
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_crypto::credential::VotingKey;
use tabella_crypto::dealing::pieces;
use tabella_crypto::polynomial::Index;
use tabella_crypto::trustee::CommitSecret;
use tabella_election::ceremony::Stage;
use tabella_election::log::Log;
use tabella_election::message::{
    Ballot, Body, Commit, Confirm, Deal, Keys, Open, Prefix, Rehearsal, Rehearse, Round, Voter, encode,
};
use tabella_election::rules::{self, Board, Poll, Position};
use tabella_election::{Kind, Rejection, SignerKey};

use crate::scene::{Disk, authority, election, manifest, roll_of, signed, trustee};

/// Writes the entries that open an election, each after reading what the board published before.
struct Author<'a> {
    disk: &'a Disk,
    sequencer: &'a Sequencer,
    board: Option<Board>,
}

/// What the author reads it has no reason to doubt.
struct Trusted;

impl Log for Trusted {
    type Error = Infallible;

    fn payload(&self, _: u64) -> Result<Vec<u8>, Infallible> {
        Ok(Vec::new())
    }

    fn judge_anchor(&self, _: &str, _: u64) -> Result<(), Rejection> {
        Ok(())
    }

    fn judge_policy(&self, _: &str, _: &str, _: &SignerKey) -> Result<(), Rejection> {
        Ok(())
    }
}

impl Author<'_> {
    async fn write(&mut self, submission: Submission) {
        let kind = submission.kind;
        let index = self.sequencer.submit(kind, submission.payload).await.unwrap().index;
        let bytes = self.disk.entries().swap_remove(usize::try_from(index).unwrap());
        let entry = Entry::parse(&bytes).unwrap();
        let position = Position { index, leaf_hash: (*Hash::of_entry(&bytes).as_bytes()).into() };
        let prev = (*entry.place.prev.as_bytes()).into();
        let judged = rules::Entry { position, prev, kind, payload: &entry.payload };
        match &mut self.board {
            Some(board) => board.judge(&judged, &Trusted).unwrap(),
            None => self.board = Some(Board::found(&judged, entry.place.origin.as_str(), &Trusted).unwrap()),
        }
    }

    async fn sign<T: Body>(&mut self, body: T, key: &SigningKey) {
        self.write(signed(body, key)).await;
    }

    fn board(&self) -> &Board {
        self.board.as_ref().unwrap()
    }

    async fn end_round(&mut self) {
        let history = self.board().ceremony().history();
        self.sign(Round { election: election(), attempt: 1, history, left_out: vec![] }, &authority()).await;
    }

    /// The whole ceremony of a trustee that is alone, and its rehearsal.
    async fn make_keys(&mut self) {
        let (election, attempt, me, rng) = (election(), 1, 1, &mut ChaCha20Rng::from_seed([5; 32]));
        let index = Index::new(me).unwrap();

        let ceremony = self.board().ceremony();
        let (secret, published) = CommitSecret::draw(ceremony.attempt(), index, &BTreeSet::from([index]), rng);
        let history = ceremony.history();
        let (commitment, envelope_keys) = (published.commitment.into(), [].into());
        self.sign(Commit { election, attempt, history, trustee: me, commitment, envelope_keys }, &trustee()).await;
        self.end_round().await;

        let Stage::Deal(deals) = self.board().ceremony().stage() else { panic!("no dealing") };
        let (secret, dealing) = secret.deal(deals.round(), &deals.envelope_keys_for(index), rng).unwrap();
        let history = self.board().ceremony().history();
        let chunks = pieces(&dealing).len() as u64;
        for (chunk, piece) in (1..).zip(pieces(&dealing)) {
            let bytes = piece.to_vec().into();
            self.sign(Deal { election, attempt, history, trustee: me, chunk, chunks, bytes }, &trustee()).await;
        }
        self.end_round().await;

        let Stage::Confirm(confirms) = self.board().ceremony().stage() else { panic!("no confirmation") };
        let (secret, _) = secret.confirm(&confirms.dealings().collect::<Vec<_>>()).unwrap();
        let history = self.board().ceremony().history();
        let (confirmed, complaints) = ([].into(), [].into());
        self.sign(Confirm { election, attempt, history, trustee: me, confirmed, complaints }, &trustee()).await;
        self.end_round().await;

        let Stage::Keys(step) = self.board().ceremony().stage() else { panic!("no keys") };
        let (share, keys) = (secret.finish(step.keys()).unwrap(), step.keys().hash().into());
        let history = self.board().ceremony().history();
        self.sign(Keys { election, attempt, history, trustee: me, keys }, &trustee()).await;

        self.sign(Rehearse { election, keys, round: 1 }, &authority()).await;
        let statement = self.board().ceremony().rehearsal().unwrap().statement();
        let answer = statement.prove(&share, rng).unwrap();
        let (decryption, proof) = (answer.points.into(), answer.proof.into());
        self.sign(Rehearsal { election, keys, round: 1, trustee: me, decryption, proof }, &trustee()).await;
    }

    async fn open(&mut self) {
        let anchor = self.disk.anchor();
        let keys = self.board().ceremony().keys().unwrap().hash().into();
        let roll = self.board().roll().hash(&election());
        self.sign(Open { election: election(), anchor, keys, roll }, &authority()).await;
    }
}

/// Opens an election for the voters 1 to `voters` on an empty disk.
pub async fn open(disk: &Disk, sequencer: &Sequencer, voters: u16) -> Arc<Poll> {
    let mut author = Author { disk, sequencer, board: None };
    author.write(manifest()).await;
    author.make_keys().await;
    let voter = |number| Voter { credential: voter(number).public().into(), weight: 1, style: 0 };
    let mut voters: Vec<Voter> = (1..=voters).map(voter).collect();
    voters.sort_by_key(|voter| voter.credential);
    author.write(roll_of(1, voters)).await;
    author.open().await;
    Arc::clone(author.board().voting().unwrap().poll())
}

/// The key of a voter.
pub fn voter(number: u16) -> VotingKey {
    let [high, low] = number.to_be_bytes();
    let mut code = [0; 16];
    (code[0], code[1]) = (high, low);
    VotingKey::derive(&election().0, &code).unwrap()
}

/// A voter's ballot for the first answer, and its tracker. `link` is the tracker of the ballot that it replaces.
pub fn ballot(poll: &Poll, number: u16, link: Option<[u8; 20]>) -> (Submission, [u8; 20]) {
    let rng = &mut ChaCha20Rng::seed_from_u64(number.into());
    let context = poll.context(0).unwrap();
    let attempt = u64::from(link.is_some());
    let draft = context.encrypt(&voter(number), link, &[1], attempt, rng).unwrap();
    let tracker = context.tracker(draft.prefix());
    let fixed = draft.prefix();
    let prefix = Prefix {
        credential: fixed.credential.into(),
        link: fixed.link.map(tabella_election::text::Tracker),
        r: fixed.r.into(),
        contests: [(0, fixed.ciphertexts.concat().into())].into(),
        b: fixed.b.into(),
    };
    let proof = draft.cast(rng).unwrap().into();
    (Submission { kind: Kind::Ballot, payload: encode(&Ballot { prefix, proof }) }, tracker)
}
