//! A village's line: every byte between a client and a backend waits its turn, and is late.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Bits a second, each way.
const RATE: u32 = 256_000;
/// How late a byte is: half a round trip.
const LATE: Duration = Duration::from_millis(150);
/// Bytes that go out together, as a frame does.
const FRAME: usize = 1_400;
/// Frames that wait at the sender's side before it has to stop.
const WAITING: u64 = 64;

/// One direction, shared by all connections.
#[derive(Default)]
struct Way {
    free_at: Mutex<Option<Instant>>,
    carried: AtomicU64,
}

impl Way {
    /// When the last of so many bytes has gone out.
    fn sent(&self, bytes: usize) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = Duration::from_secs(8) * u32::try_from(bytes).unwrap_or(u32::MAX) / RATE;
        let sent = free_at.map_or_else(Instant::now, |free| free.max(Instant::now())) + takes;
        *free_at = Some(sent);
        sent
    }

    fn carry(self: Arc<Self>, mut from: TcpStream, mut to: TcpStream) {
        let (sender, receiver) = channel::<(Instant, Vec<u8>)>();
        let waiting = Arc::new(AtomicU64::new(0));
        let (way, left) = (Arc::clone(&self), Arc::clone(&waiting));
        thread::spawn(move || {
            for (due, bytes) in receiver {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                left.fetch_sub(1, Ordering::Relaxed);
                way.carried.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                if to.write_all(&bytes).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
        });
        let mut frame = [0; FRAME];
        while let Ok(count @ 1..) = from.read(&mut frame) {
            let due = self.sent(count) + LATE;
            while waiting.load(Ordering::Relaxed) >= WAITING {
                thread::sleep(Duration::from_millis(5));
            }
            waiting.fetch_add(1, Ordering::Relaxed);
            if sender.send((due, frame.get(..count).unwrap_or_default().to_vec())).is_err() {
                break;
            }
        }
    }
}

/// A line of 256 kbit/s and a round trip of 300 ms to a backend. It lasts as long as the process.
pub struct SlowLine {
    /// Where the client finds the backend.
    pub url: String,
    down: Arc<Way>,
}

impl SlowLine {
    /// Before the backend at this address.
    pub fn to(address: &str) -> Result<Self> {
        let door = TcpListener::bind("127.0.0.1:0").context("no port")?;
        let url = format!("http://{}", door.local_addr()?);
        let (up, down) = (Arc::<Way>::default(), Arc::<Way>::default());
        let (address, line) = (address.to_owned(), Self { url, down: Arc::clone(&down) });
        thread::spawn(move || {
            for client in door.incoming().flatten() {
                let Ok(backend) = TcpStream::connect(&address) else { continue };
                let (Ok(from_client), Ok(to_backend)) = (client.try_clone(), backend.try_clone()) else { continue };
                let (up, down) = (Arc::clone(&up), Arc::clone(&down));
                // A connection is made in a round trip of its own.
                thread::spawn(move || {
                    thread::sleep(2 * LATE);
                    up.carry(from_client, to_backend);
                });
                thread::spawn(move || down.carry(backend, client));
            }
        });
        Ok(line)
    }

    /// Bytes that have come down so far.
    pub fn carried(&self) -> u64 {
        self.down.carried.load(Ordering::Relaxed)
    }

    /// Waits until nothing has come down for a while, and says how long after a time the last of it came.
    pub fn falls_silent(&self, since: Instant, quiet: Duration) -> Duration {
        let (mut carried, mut last) = (self.carried(), Instant::now());
        while last.elapsed() < quiet {
            thread::sleep(Duration::from_millis(20));
            let now = self.carried();
            if now != carried {
                (carried, last) = (now, Instant::now());
            }
        }
        last.duration_since(since)
    }
}
