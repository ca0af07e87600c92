//! What an operator can do who has the log's key: number and sign whatever the rules forbid.

use std::path::PathBuf;

use clap::Parser;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::server::folder::BoardFolder;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::key::LogKey;
use tabella_client::passphrase::PassphraseArguments;
use tabella_election::Kind;
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::{EntryReader, Extended};
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tabella_record::publication::Publication;
use tabella_town::server::Server;

use crate::front::{Answer, Conduct};

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// The record of a board that does not run, and its key.
pub struct Forgery {
    record: PathBuf,
    key: LogKey,
}

impl Forgery {
    /// The board of a server that was stopped.
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

    /// Numbers a payload, whatever the rules say, and publishes it.
    pub fn number(&self, kind: Kind, payload: Vec<u8>) {
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
    }

    /// Shows the files of the record, and nothing else.
    pub fn shown(&self) -> Conduct {
        files(self.record.clone())
    }
}

/// Shows the files of a record, and nothing else.
pub fn files(record: PathBuf) -> Conduct {
    std::sync::Arc::new(move |request| {
        let name = request.path.strip_prefix("/orchard/").unwrap_or_default();
        match std::fs::read(record.join(name)) {
            Ok(bytes) => Answer::file(&bytes),
            Err(_) => Answer::problem(404, "not_found"),
        }
    })
}
