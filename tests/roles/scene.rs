//! A board's server in the test, and the folders of authority and registrar, whose commands run as programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Parser;
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::bucket::BucketArguments;
use tabella::server::folder::BoardFolder;
use tabella::server::limits::Limits;
use tabella::server::{Addresses, Server, Settings};
use tabella::serving::TlsArguments;
use tabella::storage::StoreLocation;
use tabella::witnessing::Witnessing;
use tabella_board::key::{LogKey, LogVerifier};
use tabella_board::origin::Origin;
use tabella_client::key_file;
use tabella_client::passphrase::{Passphrase, PassphraseArguments};
use tabella_client::remote::Remote;
use tabella_election::Kind;
use tabella_election::contest::Selection;
use tabella_election::rules::Board;
use tabella_election::text::VoterCode;
use tabella_election::trustee::Trustee;
use tabella_election::voter::Booth;
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The names of the trustees, of whom two decrypt.
pub const TRUSTEES: [&str; 3] = ["Alice", "Bob", "Carol"];

const PASSPHRASE: &str = "correct horse battery";

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// How a program ended.
pub struct Ended {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// What it printed; it was done.
    pub fn done(self) -> String {
        assert_eq!(self.status, 0, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// What it printed; it waits for others.
    pub fn waits(self) -> String {
        assert_eq!(self.status, 3, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// What it said; it failed.
    pub fn failed(self) -> String {
        assert_eq!(self.status, 1, "{}\n{}", self.stdout, self.stderr);
        self.stderr
    }
}

pub fn authority_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

pub fn registrar_key() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

pub fn trustee_key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[10 + number; 32])
}

pub fn hex(key: &SigningKey) -> String {
    HEXLOWER.encode(key.verifying_key().as_bytes())
}

/// The election file of this board, with a title and two styles.
pub fn election_file(log: &str) -> String {
    let trustees = (0..)
        .zip(TRUSTEES)
        .map(|(number, name)| format!("[[trustee]]\nname = \"{name}\"\nkey = \"{}\"\n", hex(&trustee_key(number))));
    format!(
        "\
title = \"City of Trees\"
address = \"https://vote.example.org/e\"
log = \"{log}\"
simulation = false
witnesses = \"quorum none\"
registrar = \"{}\"
threshold = 2
quorum = 2
minimum = 1

{}
[[contest]]
id = \"mayor\"
title = \"Who is to be mayor?\"
min = 1
max = 1
blank = true
options = [{{ id = \"ada\", title = \"Ada\" }}, {{ id = \"emmy\", title = \"Emmy\" }}]

[[contest]]
id = \"park\"
title = \"Which parks?\"
min = 0
max = 2
options = [{{ id = \"north\", title = \"North\" }}, {{ id = \"south\", title = \"South\" }}]

[[style]]
name = \"all\"
contests = [\"mayor\", \"park\"]

[[style]]
name = \"guests\"
contests = [\"park\"]
",
        hex(&registrar_key()),
        trustees.collect::<String>()
    )
}

/// A board, its server, and everybody's folders.
pub struct Scene {
    folder: TempDir,
    log_key: LogVerifier,
    server: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    base: String,
    trustees: Vec<Option<Trustee>>,
}

impl Scene {
    /// A board without entries; authority and registrar have their keys, and the election file is filled in.
    pub fn new() -> Self {
        Self::before("quorum none\n")
    }

    /// The key of the log.
    pub fn log_key() -> LogKey {
        LogKey::from_seed(Origin::parse("vote.example.org/e").unwrap(), &[3; 32])
    }

    /// The same with these lines of a policy.
    pub fn before(witnesses: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), PASSPHRASE).unwrap();
        let passphrase = passphrase(folder.path());
        let data = folder.path().join("board");
        let seed = Zeroizing::new([3; 32]);
        let board =
            BoardFolder::create(&data, "e", "https://vote.example.org", &hex(&authority_key()), &seed, &passphrase);
        let log_key = board.unwrap().1.verifier().clone();
        let seal = |role: &str, key: SigningKey| {
            key_file::seal(&folder.path().join(format!("{role}/{role}.age")), &key.to_bytes(), &passphrase).unwrap();
        };
        seal("authority", authority_key());
        seal("registrar", registrar_key());
        let mut scene = Self { folder, log_key, server: None, base: String::new(), trustees: vec![] };
        let file = election_file(&scene.log_key.to_string());
        scene.write("authority/election.toml", &file.replace("\"quorum none\"", &format!("\"\"\"\n{witnesses}\"\"\"")));
        scene.start("");
        scene
    }

    /// The same, with a manifest, keys and no roll.
    pub fn with_keys() -> Self {
        Self::with_keys_before("quorum none\n")
    }

    /// The same with these lines of a policy.
    pub fn with_keys_before(witnesses: &str) -> Self {
        let mut scene = Self::before(witnesses);
        scene.authority("manifest --yes").done();
        scene.ceremony(&[0, 1, 2]);
        scene
    }

    /// The same, with a manifest.
    pub fn with_manifest() -> Self {
        let scene = Self::new();
        scene.authority("manifest --yes").done();
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Starts the server with these options, after it was stopped.
    pub fn start(&mut self, options: &str) {
        self.stop();
        let arguments = std::iter::once("test").chain(options.split_whitespace());
        let limits = Options::parse_from(arguments).limits;
        let passphrase = passphrase(self.folder.path());
        let runtime = Runtime::new().unwrap();
        let witnessing = Witnessing { witness_patience: Duration::from_secs(2), ..Witnessing::default() };
        let addresses =
            Addresses { listen: "127.0.0.1:0".parse().unwrap(), metrics: None, tls: TlsArguments::default() };
        let bucket = BucketArguments::default();
        let settings = Settings { addresses, pages: vec![], limits, witnessing, bucket };
        let data = self.path("board");
        let location = StoreLocation::file_in(&data);
        let server = runtime.block_on(Server::start(&data, &location, settings, &passphrase, [9; 32])).unwrap();
        self.base = format!("http://{}", server.address().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || runtime.block_on(server.run(async { drop(stopped.await) })).unwrap();
        self.server = Some((stop, std::thread::spawn(run)));
    }

    pub fn stop(&mut self) {
        if let Some((stop, thread)) = self.server.take() {
            drop(stop);
            thread.join().unwrap();
        }
    }

    /// The address at which the server runs now.
    pub fn address(&self) -> String {
        format!("{}/e", self.base)
    }

    pub fn remote(&self) -> Remote {
        Remote::new(self.address().parse().unwrap(), Duration::from_secs(5))
    }

    /// Runs a command of the authority.
    pub fn authority(&self, command: &str) -> Ended {
        let board = format!(" --board {}", self.address());
        self.run("authority", &format!("{command}{board}"))
    }

    /// Runs a command of the registrar.
    pub fn registrar(&self, command: &str) -> Ended {
        let board = format!(" --board {} --expect {}", self.address(), self.fingerprint());
        self.run("registrar", &format!("{command}{board}"))
    }

    /// Runs a command of a role, in the folder of the scene. Its words hold no spaces.
    pub fn run(&self, role: &str, command: &str) -> Ended {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella"));
        program.current_dir(self.folder.path()).arg(role).args(command.split_whitespace());
        program.args(["--dir", role, "--passphrase-file", "passphrase"]);
        let output = program.stdin(std::process::Stdio::null()).output().unwrap();
        Ended {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The published record, judged.
    pub fn ledger(&self) -> (Ledger, Record) {
        let record = Record::open(self.path("board/e/record")).unwrap();
        let mut ledger = Ledger::new(self.log_key.clone(), Seeds::new(ChaCha20Rng::from_seed([7; 32])));
        ledger.catch_up(&record).unwrap();
        (ledger, record)
    }

    pub fn board(&self) -> Board {
        self.ledger().0.board().unwrap().clone()
    }

    pub fn size(&self) -> u64 {
        self.ledger().0.chain().size()
    }

    pub fn fingerprint(&self) -> String {
        self.board().election().fingerprint().to_string()
    }

    /// The trustees of these numbers, from 0, do what the board waits for.
    pub fn trustees(&mut self, present: &[u8]) {
        let rng = &mut ChaCha20Rng::seed_from_u64(self.size());
        if self.trustees.is_empty() {
            let election = self.board().election().clone();
            self.trustees = (0..3).map(|number| Trustee::new(&election, trustee_key(number)).ok()).collect();
        }
        let (ledger, record) = self.ledger();
        let board = ledger.board().unwrap();
        let anchor = String::from_utf8(record.checkpoint().unwrap().unwrap()).unwrap();
        let step = board.ceremony().stage().step().unwrap().kind();
        for number in present {
            let seat = &mut self.trustees[usize::from(*number)];
            let trustee = seat.take().unwrap();
            let (trustee, kind, payloads) = if board.tally().is_some() {
                let (trustee, payload) = trustee.share(board, anchor.clone(), &ledger.log(&record), rng).unwrap();
                (trustee, Kind::Share, vec![payload])
            } else if board.ceremony().rehearsal().is_some() {
                let payload = trustee.rehearse(board, rng).unwrap();
                (trustee, Kind::Rehearsal, vec![payload])
            } else {
                match step {
                    Kind::Commit => {
                        trustee.commit(board, rng).map(|(next, payload)| (next, step, vec![payload])).unwrap()
                    }
                    Kind::Deal => trustee.deal(board, rng).map(|(next, payloads)| (next, step, payloads)).unwrap(),
                    Kind::Confirm => trustee.confirm(board).map(|(next, payload)| (next, step, vec![payload])).unwrap(),
                    _ => trustee.keys(board).map(|(next, payload)| (next, step, vec![payload])).unwrap(),
                }
            };
            *seat = Some(trustee);
            for payload in payloads {
                self.remote().submit(kind, &payload).unwrap();
            }
        }
    }

    /// The whole ceremony with these trustees; the others are left out in the first round.
    pub fn ceremony(&mut self, present: &[u8]) {
        let absent = (0..).zip(TRUSTEES).filter(|(number, _)| !present.contains(number));
        let leave_out: String = absent.map(|(_, name)| format!(" --leave-out {name}")).collect();
        self.trustees(present);
        self.authority(&format!("ceremony --yes{leave_out}")).waits();
        for _ in 0..3 {
            self.trustees(present);
            self.authority("ceremony").waits();
        }
        self.trustees(present);
        self.authority("ceremony").done();
    }

    /// The codes in a file of letters, by the voters' ids.
    pub fn codes(&self, letters: &str) -> BTreeMap<String, String> {
        let text = self.read(letters);
        let letter = |text: &str| {
            let between = |from: &str, to: &str| text.split(from).nth(1).unwrap().split(to).next().unwrap().to_owned();
            (between("For <b>", "</b>"), between("/#", "\""))
        };
        text.split("<article>").skip(1).map(letter).collect()
    }

    /// A voter casts a ballot for the first option of each question, and another one in its place if `again`.
    pub fn vote(&self, code: &str, again: bool) {
        let rng = &mut ChaCha20Rng::seed_from_u64(code.len() as u64);
        let board = self.board();
        let poll = board.poll().unwrap();
        let key = VoterCode::from_text(code).unwrap().voting_key(&poll.election().id()).unwrap();
        let style = board.roll().voter(&key.public().into()).unwrap().style;
        let booth = Booth::new(poll.election(), style, poll.keys().slot_keys()).unwrap();
        let contests = &poll.election().style(style).unwrap().contests;
        let mut link = None;
        for attempt in 0..1 + u64::from(again) {
            let selections = contests.iter().map(|contest| (*contest, Selection::Options([0].into()))).collect();
            let draft = booth.draft(&key, link, &selections, attempt, rng).unwrap();
            link = Some(draft.tracker());
            self.remote().submit(Kind::Ballot, &draft.cast(rng).unwrap()).unwrap();
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.stop();
        }
    }
}

fn passphrase(folder: &Path) -> Passphrase {
    let file = folder.join("passphrase");
    let arguments = ["test".as_ref(), "--passphrase-file".as_ref(), file.as_os_str()];
    Options::parse_from(arguments).passphrase.read("the test").unwrap()
}
