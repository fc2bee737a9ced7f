//! An HTTP/1.1 client that costs next to nothing: on one machine with the backend it takes time away from it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
pub struct Line {
    stream: TcpStream,
    token: String,
    buffer: Vec<u8>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Line {
    pub async fn open(addr: SocketAddr, token: String) -> Self {
        let stream = TcpStream::connect(addr).await.expect("the backend listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, token, buffer: Vec::with_capacity(16 * 1024) }
    }

    pub async fn call(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: backend\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.expect("a request goes out");
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = text.get(9..12).and_then(|digits| digits.parse().ok()).expect("a status");
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse::<usize>().expect("a length"));
        while self.buffer.len() < head + length {
            self.more().await;
        }
        Answer { status, body: self.buffer[head..head + length].to_vec() }
    }

    /// The same, again after a second as long as the backend asks for patience, as every client does: a morning's sign-ins come all at
    /// once.
    pub async fn call_until_taken(&mut self, method: &str, path: &str, body: &str) -> Answer {
        loop {
            let answer = self.call(method, path, body).await;
            if !matches!(answer.status, 408 | 425 | 429 | 503) {
                return answer;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.expect("an answer");
        assert!(read > 0, "the backend closed the line");
    }
}
