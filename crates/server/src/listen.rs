//! Where the pages are served: in the clear, for a proxy or one's own machine, or over TLS by certificate files.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

/// How long a client may take to agree on a key; whoever says nothing must not hold a place for ever.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections that are agreed and not yet taken.
const AGREED: usize = 64;
/// How long to wait after the system had no room for another connection.
const PAUSE: Duration = Duration::from_secs(1);

/// A connection, in the clear or not.
type Stream = Either<TcpStream, TlsStream<TcpStream>>;

/// A bound address with or without TLS.
pub(crate) enum Listening {
    Plain(TcpListener),
    Tls {
        address: SocketAddr,
        agreed: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    },
}

impl Listening {
    /// Over TLS, by a certificate chain and its key in PEM files. Each client agrees on its key in a task of its own,
    /// so that a slow one keeps nobody waiting.
    pub(crate) fn tls(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (agree, agreed) = mpsc::channel(AGREED);
        tokio::spawn(async move {
            loop {
                let (stream, from) = tokio::select! {
                    () = agree.closed() => return,
                    accepted = listener.accept() => match accepted {
                        Ok(accepted) => accepted,
                        Err(error) => {
                            tracing::warn!(error = %error, "a connection can't be taken");
                            tokio::time::sleep(PAUSE).await;
                            continue;
                        }
                    },
                };
                let (acceptor, agree) = (acceptor.clone(), agree.clone());
                tokio::spawn(async move {
                    // Who doesn't speak TLS, or too slowly, is let go.
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        drop(agree.send((stream, from)).await);
                    }
                });
            }
        });
        Ok(Self::Tls { address, agreed })
    }
}

impl Listener for Listening {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        match self {
            Self::Plain(listener) => {
                let (stream, from) = Listener::accept(listener).await;
                (Either::Left(stream), from)
            }
            Self::Tls { agreed, .. } => match agreed.recv().await {
                Some((stream, from)) => (Either::Right(stream), from),
                // The task that takes connections is gone: there is nothing more to wait for.
                None => std::future::pending().await,
            },
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Plain(listener) => listener.local_addr(),
            Self::Tls { address, .. } => Ok(*address),
        }
    }
}

/// Reads certificate and key. What is wrong with them is told before anything is served.
pub(crate) fn acceptor(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let shown = certificate.display();
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("无法读取证书 {shown} / cannot read the certificate"))?;
    anyhow::ensure!(
        !chain.is_empty(),
        "文件 {shown} 中没有证书 / there is no certificate in the file"
    );
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| {
        let shown = key.display();
        format!("无法读取证书私钥 {shown} / cannot read the certificate's key")
    })?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .with_context(|| format!("证书 {shown} 与私钥不符 / certificate and key don't fit"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
