//! A line of a village between client and backend: slow, far, and apt to break.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

/// How the line is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quality {
    /// Bytes a second towards the client; 0: as fast as they come.
    pub bytes_per_second: u64,
    /// How long an answer is under way, both ways together.
    pub round_trip: Duration,
    /// The connection breaks after so many bytes towards the client; 0: never.
    pub cut_after: u64,
}

/// A running line.
pub struct Line {
    pub addr: SocketAddr,
    /// Bytes that went towards the client.
    pub bytes: Arc<AtomicU64>,
    /// Requests that came from it.
    pub requests: Arc<AtomicU64>,
}

impl Line {
    pub async fn to(backend: SocketAddr, quality: Quality) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (bytes, requests) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        // All connections share the one line.
        let turn = Arc::new(Mutex::new(()));
        let counters = (Arc::clone(&bytes), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(backend).await else { return };
                let (counters, turn) = ((Arc::clone(&counters.0), Arc::clone(&counters.1)), Arc::clone(&turn));
                tokio::spawn(async move {
                    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
                        (client.into_split(), server.into_split());
                    let up = async {
                        let mut buffer = vec![0; 16 << 10];
                        loop {
                            match from_client.read(&mut buffer).await {
                                Ok(read) if read > 0 => {
                                    counters.1.fetch_add(1, Ordering::Relaxed);
                                    tokio::time::sleep(quality.round_trip).await;
                                    if to_server.write_all(&buffer[..read]).await.is_err() {
                                        return;
                                    }
                                }
                                _ => return,
                            }
                        }
                    };
                    let down = async {
                        let mut buffer = vec![0; 4 << 10];
                        let mut sent = 0;
                        loop {
                            let Ok(read) = from_server.read(&mut buffer).await else { return };
                            if read == 0 {
                                return;
                            }
                            let mut part = &buffer[..read];
                            let passed = u64::try_from(read).unwrap();
                            if quality.cut_after > 0 && sent + passed >= quality.cut_after {
                                part = &part[..usize::try_from(quality.cut_after - sent).unwrap()];
                            }
                            if let Some(nanos) = (1_000_000_000 * passed).checked_div(quality.bytes_per_second) {
                                let _turn = turn.lock().await;
                                tokio::time::sleep(Duration::from_nanos(nanos)).await;
                            }
                            sent += passed;
                            counters.0.fetch_add(passed, Ordering::Relaxed);
                            if to_client.write_all(part).await.is_err() || part.len() < read {
                                return;
                            }
                        }
                    };
                    // Whichever side ends, the connection ends.
                    tokio::select! { () = up => {} () = down => {} }
                });
            }
        });
        Self { addr, bytes, requests }
    }
}
