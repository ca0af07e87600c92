//! A server that runs in the test, on a disk that outlives it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread::JoinHandle;

use clap::Parser;
use ed25519_dalek::SigningKey;
use tabella::bucket::BucketArguments;
use tabella::server::folder::BoardFolder;
use tabella::server::limits::Limits;
use tabella::server::{Addresses, Server, Settings, StartError};
use tabella::serving::TlsArguments;
use tabella::storage::StoreLocation;
use tabella::witnessing::Witnessing;
use tabella_client::passphrase::{Passphrase, PassphraseArguments};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::web::Web;

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    witnessing: Witnessing,
    #[command(flatten)]
    tls: TlsArguments,
    #[command(flatten)]
    bucket: BucketArguments,
}

#[derive(Parser)]
struct Secret {
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub static PASSPHRASE: LazyLock<Passphrase> = LazyLock::new(|| {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "correct horse battery\n").unwrap();
    let arguments = ["test".as_ref(), "--passphrase-file".as_ref(), file.path().as_os_str()];
    Secret::parse_from(arguments).passphrase.read("the server").unwrap()
});

/// Sealed once: sealing is slow, which is its purpose.
static BOARDS: LazyLock<TempDir> = LazyLock::new(|| {
    let data = tempfile::tempdir().unwrap();
    for id in ["e", "f"] {
        let authority = data_encoding::HEXLOWER.encode(authority().verifying_key().as_bytes());
        let seed = Zeroizing::new([if id == "e" { 3 } else { 5 }; 32]);
        BoardFolder::create(data.path(), id, "https://example.org", &authority, &seed, &PASSPHRASE).unwrap();
    }
    data
});

pub fn authority() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// The data of a server.
pub struct Host {
    data: TempDir,
    options: Vec<String>,
    pages: Vec<PathBuf>,
}

impl Host {
    /// A server with the boards of these elections, `e` or `f`.
    pub fn new(ids: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        for id in ids {
            copy(&BOARDS.path().join(id), &data.path().join(id));
        }
        Self { data, options: vec![], pages: vec![] }
    }

    /// The same with options of the command line.
    pub fn with(mut self, options: &str) -> Self {
        self.options = options.split_whitespace().map(str::to_owned).collect();
        self
    }

    /// The same with these folders of pages.
    pub fn with_pages(self, pages: &[&Path]) -> Self {
        Self { pages: pages.iter().map(|folder| folder.to_path_buf()).collect(), ..self }
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn record(&self, id: &str) -> PathBuf {
        self.data().join(id).join("record")
    }

    pub fn start(&self) -> Running {
        self.try_start().unwrap()
    }

    pub fn try_start(&self) -> Result<Running, StartError> {
        let arguments = std::iter::once("test".to_owned()).chain(self.options.iter().cloned());
        let Options { limits, witnessing, tls, bucket } = Options::parse_from(arguments);
        let runtime = Runtime::new().unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let addresses = Addresses { listen, metrics: Some(listen), tls };
        let settings = Settings { addresses, pages: self.pages.clone(), limits, witnessing, bucket };
        let location = StoreLocation::file_in(self.data());
        let server = runtime.block_on(Server::start(self.data(), &location, settings, &PASSPHRASE, [9; 32]))?;
        let web = Web::new(server.address().unwrap());
        let metrics = server.metrics_address().unwrap().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || runtime.block_on(server.run(async { drop(stopped.await) })));
        Ok(Running { web, metrics, stop, thread })
    }
}

/// A server that runs.
pub struct Running {
    pub web: Web,
    metrics: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), StartError>>,
}

impl Running {
    /// The value of a metric with these labels.
    pub fn metric(&self, name: &str) -> u64 {
        let text = ureq::get(format!("http://{}/metrics", self.metrics)).call().unwrap().body_mut().read_to_string();
        let text = text.unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or_else(|| panic!("{name} is not in\n{text}"))
    }

    /// Tells the server to stop, and waits until it has.
    pub fn stop(self) -> Result<(), StartError> {
        drop(self.stop);
        self.thread.join().unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for found in std::fs::read_dir(from).unwrap() {
        let path = found.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}
