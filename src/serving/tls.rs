//! TLS, for a server that stands behind no proxy.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::{Accept, TlsAcceptor};

/// The files of a certificate; none for a server that speaks plain HTTP.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TlsArguments {
    /// Speak TLS, with this certificate and those that it needs (PEM). On SIGHUP it is read again with its key
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
}

/// The files of a certificate are not in order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// A file cannot be read, or holds something else.
    #[error("{} holds no {what}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why it does not.
        source: pem::Error,
    },
    /// Nobody could be answered with these files.
    #[error("{} and {} cannot be used together: {source}", .certificate.display(), .key.display())]
    Pair {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why not.
        source: rustls::Error,
    },
    /// The system does not let the process wait for SIGHUP.
    #[error("cannot wait for the signal to read the certificate again: {0}")]
    Signal(std::io::Error),
}

/// What a server shows of itself to whoever connects.
pub(crate) struct Tls(watch::Receiver<Arc<ServerConfig>>);

impl TlsArguments {
    /// Reads the files, if there are any, and again whenever SIGHUP comes. Must be called in a Tokio runtime.
    pub(crate) fn read(self) -> Result<Option<Tls>, TlsFault> {
        let Self { tls_certificate: Some(certificate), tls_key: Some(key) } = self else { return Ok(None) };
        let (sender, configuration) = watch::channel(read(&certificate, &key)?);
        let hangups = signal(SignalKind::hangup()).map_err(TlsFault::Signal)?;
        tokio::spawn(read_again(hangups, certificate, key, sender));
        Ok(Some(Tls(configuration)))
    }
}

impl Tls {
    /// Begins to speak TLS on a connection, with the certificate that was read last.
    pub(crate) fn accept(&self, stream: TcpStream) -> Accept<TcpStream> {
        TlsAcceptor::from(Arc::clone(&self.0.borrow())).accept(stream)
    }
}

/// Until the server has ended. What cannot be read changes nothing: the operator is told, and the old certificate stays.
async fn read_again(
    mut hangups: Signal,
    certificate: PathBuf,
    key: PathBuf,
    configuration: watch::Sender<Arc<ServerConfig>>,
) {
    loop {
        tokio::select! {
            () = configuration.closed() => return,
            hangup = hangups.recv() => if hangup.is_none() { return },
        }
        match read(&certificate, &key) {
            Ok(read) => {
                configuration.send_replace(read);
                tracing::info!("the certificate was read again");
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the certificate cannot be read again; the old one stays in use");
            }
        }
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsFault> {
    let file = |path: &Path, what| {
        let path = path.to_owned();
        move |source| TlsFault::File { path, what, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) });
    let chain = chain.map_err(file(certificate, "certificate"))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(file(key, "private key"))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions();
    let configuration = builder.and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
    let mut configuration = configuration.map_err(|source| {
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        TlsFault::Pair { certificate, key, source }
    })?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(configuration))
}
