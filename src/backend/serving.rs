//! Listening: how many connections, how long they may dawdle, TLS, and stopping in good order.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

use super::StartError;
use super::config::{Config, TlsFiles, Transport};
use super::pace::caller;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a caller may take none of what is sent to it.
const STALLED: Duration = Duration::from_secs(30);

/// Largest head of a request, in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// How long requests under way may take to finish when the backend stops.
const GRACE: Duration = Duration::from_secs(10);

/// The certificate in use, and where a newer one would be.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    files: TlsFiles,
    config: RustlsConfig,
}

impl Certificate {
    async fn read(files: &TlsFiles) -> Result<Self, StartError> {
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = RustlsConfig::from_pem_file(&files.certificate, &files.key).await;
        let certificate = Self { files: files.clone(), config: config.map_err(StartError::Tls)? };
        certificate.speak_one();
        Ok(certificate)
    }

    /// Offers no protocol but the one that is served.
    fn speak_one(&self) {
        let mut config = ServerConfig::clone(&self.config.get_inner());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        self.config.reload_from_config(Arc::new(config));
    }

    /// Reads the files again. New connections get what is in them; when that is no good, the certificate before stays.
    pub(super) async fn reload(&self) -> io::Result<()> {
        self.config.reload_from_pem_file(&self.files.certificate, &self.files.key).await?;
        self.speak_one();
        Ok(())
    }
}

/// An address that is listened on.
pub(super) struct Listening {
    /// Where.
    pub addr: SocketAddr,
    /// With TLS.
    pub certificate: Option<Certificate>,
    listener: TcpListener,
    doors: Doors,
    header_timeout: Option<Duration>,
}

impl Listening {
    /// Listens, unless personal data would cross the network in the clear.
    pub(super) async fn open(config: &Config) -> Result<Self, StartError> {
        let certificate = match &config.transport {
            Transport::Plain if !config.listen.ip().is_loopback() => {
                return Err(StartError::NotLoopback(config.listen));
            }
            Transport::Plain | Transport::BehindTlsProxy => None,
            Transport::Tls(files) => Some(Certificate::read(files).await?),
        };
        let listener = TcpListener::bind(config.listen).await?;
        // Behind a proxy every connection is the proxy's.
        let shared = config.transport == Transport::BehindTlsProxy;
        Ok(Self {
            addr: listener.local_addr()?,
            certificate,
            listener,
            doors: Doors::new(
                config.limits.connections,
                if shared { usize::MAX } else { config.limits.connections_per_address },
            ),
            header_timeout: config.limits.header_timeout,
        })
    }

    /// Serves until `stopped`; then takes no more, and finishes what is under way within the time of grace.
    pub(super) async fn serve(self, router: Router, stopped: impl Future<Output = ()>) -> io::Result<()> {
        let Self { certificate, listener, doors, header_timeout, .. } = self;
        let handle: Handle<SocketAddr> = Handle::new();
        let mut server = Server::from_listener(listener).handle(handle.clone()).http1_only();
        server.http_builder().http1().header_read_timeout(header_timeout).max_buf_size(HEAD_BYTES);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serve = async {
            match certificate {
                None => server.acceptor(doors).serve(service).await,
                Some(Certificate { config, .. }) => {
                    let acceptor = RustlsAcceptor::new(config).handshake_timeout(HANDSHAKE).acceptor(doors);
                    server.acceptor(acceptor).serve(service).await
                }
            }
        };
        let stop = async {
            stopped.await;
            handle.graceful_shutdown(Some(GRACE));
            std::future::pending::<()>().await;
        };
        tokio::select! {
            served = serve => served,
            () = stop => Ok(()),
        }
    }
}

/// Lets so many connections in, and so many from one address; others are closed at once.
#[derive(Debug, Clone)]
struct Doors {
    most: usize,
    most_per_address: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Doors {
    fn new(most: usize, most_per_address: usize) -> Self {
        Self { most, most_per_address, open: Arc::default() }
    }

    fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let here = open.by_address.get(&address).copied().unwrap_or(0);
        if open.all >= self.most || here >= self.most_per_address {
            return None;
        }
        open.all += 1;
        open.by_address.insert(address, here + 1);
        Some(Place { address, open: Arc::clone(&self.open) })
    }
}

/// A connection's place; given back when dropped.
#[derive(Debug)]
struct Place {
    address: IpAddr,
    open: Arc<Mutex<Open>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        match open.by_address.get_mut(&self.address) {
            Some(here) if *here > 1 => *here -= 1,
            _ => drop(open.by_address.remove(&self.address)),
        }
    }
}

impl<S> Accept<TcpStream, S> for Doors {
    type Stream = Connection;
    type Service = S;
    type Future = Ready<io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let connection = stream.peer_addr().and_then(|peer| {
            stream.set_nodelay(true)?;
            let place = self.enter(caller(peer.ip())).ok_or(io::ErrorKind::ConnectionRefused)?;
            Ok(Connection { stream, stalled: None, _place: place })
        });
        ready(connection.map(|connection| (connection, service)))
    }
}

/// A connection that has a place, and is given up when its caller takes nothing for too long.
struct Connection {
    stream: TcpStream,
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Place,
}

impl Connection {
    fn unless_stalled<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.stalled = None;
            return polled;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALLED)));
        stalled.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.unless_stalled(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.unless_stalled(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_let_in_as_many_as_there_is_room_for() {
        let doors = Doors::new(3, 2);
        let [here, there]: [IpAddr; 2] = [[127, 0, 0, 1].into(), [127, 0, 0, 2].into()];
        let first = doors.enter(here);
        let second = doors.enter(here);
        assert!(first.is_some() && second.is_some());
        assert!(doors.enter(here).is_none(), "enough from one address");
        let third = doors.enter(there);
        assert!(third.is_some());
        assert!(doors.enter([127, 0, 0, 3].into()).is_none(), "enough in all");
        drop(first);
        assert!(doors.enter([127, 0, 0, 3].into()).is_some());
        drop((second, third));
        assert_eq!(doors.open.lock().unwrap().by_address.len(), 0, "nobody is remembered");
    }
}
