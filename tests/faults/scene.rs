//! A real server on which voting is open, and voters who hold the receipts that they get against the record.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tabella_board::entry::Entry;
use tabella_client::remote::{Remote, RemoteError};
use tabella_election::Kind;
use tabella_election::contest::Selection;
use tabella_election::rules::Poll;
use tabella_election::text::{Tracker, VoterCode};
use tabella_election::voter::Booth;
use tabella_record::entries::EntryReader;
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::Programs;
use tabella_town::server::Server;
use tempfile::TempDir;

/// A receipt: the entry's index and the payload.
pub type Receipt = (u64, Vec<u8>);

/// Rates that nobody reaches.
pub const PLENTIFUL: [&str; 4] = ["--votes-per-hour", "1000000", "--posts-per-minute", "1000000"];

/// An election in which voting is open. Its server is stopped.
pub struct Scene {
    pub folder: TempDir,
    pub election: Election,
    poll: Arc<Poll>,
    codes: Vec<String>,
}

impl Scene {
    pub fn open(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = Programs::beside_this_one().unwrap();
        let (mut election, codes) = Election::voting(&programs, folder.path(), plan).unwrap();
        election.server.stop().unwrap();
        let poll = poll(&election.server.folder().join("orchard/record"));
        Self { folder, election, poll, codes }
    }

    /// Another server at the same address, with these boards and options.
    pub fn server(&self, boards: &Path, options: &[&str]) -> Server {
        self.election.server.at_same_address(boards).unwrap().with(options)
    }

    /// A way to the board on which nothing is tried twice.
    pub fn impatient(&self) -> Remote {
        Remote::new(self.election.address().parse().unwrap(), Duration::ZERO)
    }

    /// A way to the board for whoever tries again and again.
    pub fn patient(&self) -> Remote {
        self.patient_with(&self.election.server)
    }

    /// The same, to one of several servers of the board.
    pub fn patient_with(&self, server: &Server) -> Remote {
        Remote::new(format!("{}/orchard", server.base()).parse().unwrap(), Duration::from_secs(120))
    }

    /// Waits until the entry of this index is under the published checkpoint.
    pub fn wait_until_published(&self, server: &Server, index: u64) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while server.get(&format!("/orchard/entries/{index}")).unwrap().0 != 200 {
            assert!(Instant::now() < deadline, "it is never published");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How many voters there are.
    pub fn voters(&self) -> usize {
        self.codes.len()
    }

    pub fn voter(&self, number: usize) -> Voter<'_> {
        let booth = Booth::new(self.poll.election(), 0, self.poll.keys().slot_keys()).unwrap();
        let rng = ChaCha20Rng::seed_from_u64(number as u64);
        Voter { poll: &self.poll, booth, code: &self.codes[number], link: None, ballots: 0, rng }
    }

    /// Ends the election on these boards, verifies its record, and finds each of these receipts in it, exactly once.
    pub fn end(&mut self, boards: &Path, receipts: &[Receipt]) {
        self.election.server = self.server(boards, &[]);
        self.election.server.start().unwrap();
        self.election.close().unwrap();
        self.election.decrypt(&[0]).unwrap();
        self.election.publish().unwrap();
        assert_eq!(self.election.verify().unwrap().status, Some(0));
        self.election.server.stop().unwrap();

        let record = Record::open(boards.join("orchard/record")).unwrap();
        let mut places: BTreeMap<Vec<u8>, Vec<u64>> = BTreeMap::new();
        for entry in record.entries_from(0, usize::MAX).unwrap() {
            let entry = Entry::parse(&entry).unwrap();
            places.entry(entry.payload).or_default().push(entry.place.index);
        }
        for (index, payload) in receipts {
            assert_eq!(places[payload], [*index]);
        }
    }
}

/// Someone who votes again and again, and hands the same ballot in until there is a receipt.
pub struct Voter<'a> {
    poll: &'a Poll,
    booth: Booth<'a>,
    code: &'a str,
    link: Option<Tracker>,
    ballots: u64,
    rng: ChaCha20Rng,
}

impl Voter<'_> {
    /// The next ballot, and its tracker.
    pub fn ballot(&mut self) -> (Vec<u8>, Tracker) {
        let key = VoterCode::from_text(self.code).unwrap().voting_key(&self.poll.election().id()).unwrap();
        let choice = BTreeMap::from([(0, Selection::Options([self.rng.next_u32() as usize % 3].into()))]);
        let draft = self.booth.draft(&key, self.link, &choice, self.ballots, &mut self.rng).unwrap();
        let tracker = draft.tracker();
        (draft.cast(&mut self.rng).unwrap(), tracker)
    }

    /// Hands a ballot in, and holds the receipt against it. The next ballot will replace it.
    pub fn cast(&mut self, remote: &Remote, (payload, tracker): &(Vec<u8>, Tracker)) -> Result<Receipt, RemoteError> {
        let submitted = remote.submit(Kind::Ballot, payload)?;
        assert_eq!(Entry::parse(&submitted.entry).unwrap().payload, *payload);
        (self.link, self.ballots) = (Some(*tracker), self.ballots + 1);
        Ok((submitted.receipt.index, payload.clone()))
    }
}

/// How much of something is wanted, if a variable of the environment says so.
pub fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// The poll as the published record says.
fn poll(record: &Path) -> Arc<Poll> {
    let record = Record::open(record).unwrap();
    let key = tabella_board::key::LogVerifier::from_file(&std::fs::read(record.root().join("log.vkey")).unwrap());
    let mut ledger = Ledger::new(key.unwrap(), Seeds::new(ChaCha20Rng::from_seed([1; 32])));
    ledger.catch_up(&record).unwrap();
    ledger.poll().unwrap().clone()
}
