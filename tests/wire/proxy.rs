//! A line to the backend that does whatever lines do: it breaks, before and after the backend heard; it cuts, delays and repeats; and
//! others answer in the backend's place.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The line breaks before anything is forwarded.
    DropBefore,
    /// The backend hears half of it.
    CutRequest,
    /// The backend answers, and the answer is lost.
    DropAfter,
    /// Half of the answer arrives.
    CutAnswer,
    /// It takes a while.
    Delay,
    /// The backend hears it twice, one after the other.
    Twice,
    /// The backend hears it twice at the same time.
    AtOnce,
    /// The backend hears it again when nobody expects it.
    Late,
    /// A gateway answers, and the backend hears nothing.
    Gateway,
    /// The backend hears it, and a gateway answers in its place.
    GatewayAfter,
    /// A page of a captive portal, with 200.
    Portal,
    /// Not HTTP.
    Garbage,
    /// JSON with the right status that is not the backend's.
    Foreign,
    /// The backend's answer as something else than JSON.
    WrongType,
}

const FAULTS: [Fault; 14] = [
    Fault::DropBefore,
    Fault::CutRequest,
    Fault::DropAfter,
    Fault::CutAnswer,
    Fault::Delay,
    Fault::Twice,
    Fault::AtOnce,
    Fault::Late,
    Fault::Gateway,
    Fault::GatewayAfter,
    Fault::Portal,
    Fault::Garbage,
    Fault::Foreign,
    Fault::WrongType,
];

const STATUSES: [u16; 8] = [408, 409, 425, 429, 500, 502, 503, 504];

/// A faulty line. It ends with the runtime that it was laid in.
pub struct Line {
    pub addr: SocketAddr,
    seen: Arc<Mutex<BTreeMap<Fault, usize>>>,
}

impl Line {
    /// Lays a line to a backend on which `rate` of all exchanges go wrong, in the order that the seed gives.
    pub async fn lay(backend: SocketAddr, seed: u64, rate: f64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<BTreeMap<Fault, usize>>>::default();
        let counts = Arc::clone(&seen);
        tokio::spawn(async move {
            let chance = Arc::new(Mutex::new(Rng::with_seed(seed)));
            while let Ok((client, _)) = listener.accept().await {
                let exchange = Exchange { backend, rate, chance: Arc::clone(&chance), counts: Arc::clone(&counts) };
                // However a connection ends is none of our business.
                tokio::spawn(async move { drop(exchange.serve(client).await) });
            }
        });
        Self { addr, seen }
    }

    /// How often each fault occurred.
    pub fn faults(&self) -> BTreeMap<Fault, usize> {
        self.seen.lock().unwrap().clone()
    }
}

struct Exchange {
    backend: SocketAddr,
    rate: f64,
    chance: Arc<Mutex<Rng>>,
    counts: Arc<Mutex<BTreeMap<Fault, usize>>>,
}

impl Exchange {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        while let Some(request) = message(&mut client, false).await? {
            let fault = self.draw();
            if let Some(fault) = fault {
                *self.counts.lock().unwrap().entry(fault).or_default() += 1;
            }
            let whole = || forward(self.backend, request.clone());
            let answer = match fault {
                None => whole().await?,
                Some(Fault::DropBefore) => return Ok(()),
                Some(Fault::CutRequest) => {
                    let mut backend = TcpStream::connect(self.backend).await?;
                    backend.write_all(&request[..request.len() / 2]).await?;
                    return Ok(());
                }
                Some(Fault::DropAfter) => {
                    whole().await?;
                    return Ok(());
                }
                Some(Fault::CutAnswer) => {
                    let answer = whole().await?;
                    client.write_all(&answer[..answer.len() / 2]).await?;
                    return Ok(());
                }
                Some(Fault::Delay) => {
                    let pause = self.chance.lock().unwrap().u64(1..40);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    whole().await?
                }
                Some(Fault::Twice) => {
                    whole().await?;
                    whole().await?
                }
                Some(Fault::AtOnce) => {
                    let (first, second) = tokio::join!(whole(), whole());
                    if self.chance.lock().unwrap().bool() { first? } else { second? }
                }
                Some(Fault::Late) => {
                    let (again, backend) = (request.clone(), self.backend);
                    let pause = self.chance.lock().unwrap().u64(20..300);
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(pause)).await;
                        // The first may have changed what the second comes to; nobody hears it.
                        drop(forward(backend, again).await);
                    });
                    whole().await?
                }
                Some(Fault::Gateway) => self.gateway(),
                Some(Fault::GatewayAfter) => {
                    whole().await?;
                    self.gateway()
                }
                Some(Fault::Portal) => {
                    answer("200 OK", "Content-Type: text/html\r\n", "<html><body>请先登录网络</body></html>")
                }
                Some(Fault::Garbage) => {
                    let noise: Vec<u8> = (0..80).map(|_| self.chance.lock().unwrap().u8(..)).collect();
                    client.write_all(&noise).await?;
                    return Ok(());
                }
                Some(Fault::Foreign) => {
                    let status = if self.chance.lock().unwrap().bool() { "200 OK" } else { "201 Created" };
                    answer(status, "Content-Type: application/json\r\n", "{\"code\":0,\"data\":{\"token\":\"x\"}}")
                }
                Some(Fault::WrongType) => {
                    let text = String::from_utf8_lossy(&whole().await?).replace("application/json", "text/plain");
                    text.into_bytes()
                }
            };
            client.write_all(&answer).await?;
        }
        Ok(())
    }

    fn draw(&self) -> Option<Fault> {
        let mut chance = self.chance.lock().unwrap();
        if chance.f64() < self.rate { chance.choice(FAULTS) } else { None }
    }

    /// A gateway's refusal, in one of the ways in which gateways put it.
    fn gateway(&self) -> Vec<u8> {
        let mut chance = self.chance.lock().unwrap();
        let status = chance.choice(STATUSES).unwrap();
        let retry = match chance.u8(0..12) {
            0..6 => "",
            6..8 => "Retry-After: 0\r\n",
            8..10 => "Retry-After: 1\r\n",
            10 => "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n",
            _ => "Retry-After: 9999999999999999\r\n",
        };
        let line = format!("{status} Whatever");
        match chance.u8(0..3) {
            0 => answer(&line, retry, ""),
            1 => answer(&line, &format!("{retry}Content-Type: text/html\r\n"), "<html><h1>oops</h1></html>"),
            _ => {
                let kind = if status == 409 { "in-progress" } else { "unavailable" };
                let body = format!("{{\"type\":\"urn:x:{kind}\",\"title\":\"later\",\"status\":{status}}}");
                answer(&line, &format!("{retry}Content-Type: application/problem+json\r\n"), &body)
            }
        }
    }
}

fn answer(line: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// What the backend answers to a request, over a connection of its own.
async fn forward(backend: SocketAddr, request: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut backend = TcpStream::connect(backend).await?;
    backend.write_all(&request).await?;
    message(&mut backend, request.starts_with(b"HEAD ")).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// One HTTP message with its body, if it has one; `None` when the other side has no more.
async fn message(stream: &mut TcpStream, without_body: bool) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let without_body = without_body || text.starts_with("http/1.1 204");
    let wanted = head + if without_body { 0 } else { length.unwrap_or(0) };
    while bytes.len() < wanted {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Some(bytes))
}
