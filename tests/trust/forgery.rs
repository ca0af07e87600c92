//! What an operator can do who has the log's key: number and sign whatever the rules forbid.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::server::folder::BoardFolder;
use tabella::server::view::ReceiptView;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::key::LogKey;
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::ConsistencyProof;
use tabella_board::witness::{AddCheckpoint, Answer as WitnessAnswer, SUBMISSION_PATH};
use tabella_client::passphrase::PassphraseArguments;
use tabella_election::Kind;
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::{EntryReader, Extended};
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tabella_record::publication::Publication;
use tabella_record::receipts::published_receipt;
use tabella_town::server::Server;
use tabella_town::witness::Witness;

use crate::front::{Answer, Conduct, honest, post};

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// A record that nobody but its operator keeps, and the key of its log.
pub struct Forgery {
    record: PathBuf,
    key: LogKey,
}

impl Forgery {
    /// The board of a server that does not run.
    pub fn of(server: &Server) -> Self {
        let file = server.folder().with_extension("passphrase");
        let options = Options::parse_from(["test".as_ref(), "--passphrase-file".as_ref(), file.as_os_str()]);
        let board = BoardFolder::all(server.folder()).unwrap().remove(0);
        let key = board.log_key(&options.passphrase.read("the test").unwrap()).unwrap();
        Self { record: board.record(), key }
    }

    /// The payload of the last entry of a kind.
    pub fn last(&self, kind: Kind) -> Vec<u8> {
        let entries = Record::open(&self.record).unwrap().entries_from(0, usize::MAX).unwrap();
        let entries = entries.iter().rev().map(|entry| Entry::parse(entry).unwrap());
        entries.into_iter().find(|entry| entry.kind == kind.as_str()).unwrap().payload
    }

    /// Numbers a payload, whatever the rules say; gives its index. The checkpoint over it is signed by the log alone.
    pub fn number(&self, kind: Kind, payload: Vec<u8>) -> u64 {
        let directory = RecordDirectory::open(&self.record).unwrap();
        let record = directory.record().clone();
        let mut ledger = Ledger::new(self.key.verifier().clone(), Seeds::new(ChaCha20Rng::from_seed([7; 32])));
        ledger.catch_up(&record).unwrap();
        let mut chain = ledger.chain().clone();
        let old = chain.size();
        let entry = Entry { place: chain.place().clone(), kind: kind.as_str().to_owned(), payload };
        let entry = entry.encode().unwrap();
        chain.append(&entry);
        let entries = Extended { entries: &record, size: old, more: &[entry] };
        let checkpoint = SignedCheckpoint::sign(&self.key, chain.head());
        Publication { directory: &directory, chain: &chain, entries: &entries }.publish(old, &checkpoint).unwrap();
        old
    }

    /// Has the checkpoint cosigned by those of these witnesses who do so; says how many did.
    pub fn cosign(&self, witnesses: &[&Witness]) -> usize {
        let directory = RecordDirectory::open(&self.record).unwrap();
        let record = directory.record();
        let checkpoint = record.signed_checkpoint().unwrap().unwrap();
        let head = checkpoint.unverified().head;
        let ask = |witness: &Witness, old| {
            let proof = ConsistencyProof::prove(&AuthenticatedTiles::new(record, head), old, head.size).unwrap();
            let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).unwrap();
            let request = AddCheckpoint { old, proof, checkpoint }.to_bytes();
            let answer = post(&format!("{}/{SUBMISSION_PATH}", witness.address()), &request);
            WitnessAnswer::parse(answer.status, Some(&answer.media_type), &answer.body).unwrap()
        };
        let lines: Vec<String> = witnesses
            .iter()
            .map(|witness| match ask(witness, 0) {
                WitnessAnswer::Conflict(size) if size <= head.size => ask(witness, size),
                answer => answer,
            })
            .filter_map(|answer| if let WitnessAnswer::Lines(lines) = answer { Some(lines) } else { None })
            .collect();
        directory.publish(checkpoint.with_signature_lines(&lines.concat()).unwrap().as_bytes()).unwrap();
        lines.len()
    }

    /// Shows the files of the record and receipts of its entries, numbers what is handed in, and behaves like the server at this address
    /// otherwise.
    pub fn shown(self: &Arc<Self>, base: &str) -> Conduct {
        let (forgery, files, pass) = (Arc::clone(self), files(self.record.clone()), honest(base));
        Arc::new(move |request| {
            let name = request.path.strip_prefix("/orchard/").unwrap_or_default();
            match name.strip_prefix("entries/") {
                Some(kind) if request.is_post() => {
                    let index = forgery.number(kind.parse().unwrap(), request.body.clone());
                    forgery.receipt(index)
                }
                Some(index) => forgery.receipt(index.parse().unwrap()),
                None if name == "checkpoint" || name == "log.vkey" || name.starts_with("tile/") => files(request),
                None => pass(request),
            }
        })
    }

    fn receipt(&self, index: u64) -> Answer {
        let record = Record::open(&self.record).unwrap();
        let Ok(found) = published_receipt(&record, index) else { return Answer::problem(404, "entry_unknown") };
        let body = serde_json::to_vec(&ReceiptView::new(&found, false)).unwrap();
        Answer { status: 200, media_type: "application/json".to_owned(), body }
    }
}

/// Shows the files of a record, and nothing else.
pub fn files(record: PathBuf) -> Conduct {
    Arc::new(move |request| {
        let name = request.path.strip_prefix("/orchard/").unwrap_or_default();
        match std::fs::read(record.join(name)) {
            Ok(bytes) => Answer::file(&bytes),
            Err(_) => Answer::problem(404, "not_found"),
        }
    })
}
