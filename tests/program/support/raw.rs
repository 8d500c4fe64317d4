//! HTTP by hand, for what a well-behaved client would never send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use super::Server;

/// A bare connection.
pub(crate) struct Raw {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
}

impl Raw {
    pub(crate) async fn connect(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).await.expect("the server accepts");
        stream.set_nodelay(true).expect("nodelay can be set");
        let (reader, writer) = stream.into_split();
        Self { reader, writer }
    }

    /// Writes; false when the server has hung up.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> bool {
        self.writer.write_all(bytes).await.is_ok()
    }

    /// Whether the server has answered or hung up within this time.
    pub(crate) async fn heard_within(&mut self, patience: Duration) -> Option<String> {
        let mut bytes = vec![0; 16 * 1024];
        match timeout(patience, self.reader.read(&mut bytes)).await {
            Ok(Ok(count)) => Some(String::from_utf8_lossy(&bytes[..count]).into_owned()),
            Ok(Err(_)) => Some(String::new()),
            Err(_) => None,
        }
    }

    /// All that the server says until it hangs up; fails when it does not within this time.
    pub(crate) async fn rest(&mut self, patience: Duration) -> String {
        let mut bytes = Vec::new();
        // A reset after the answer is a way to hang up too; what came before it counts.
        let reading = timeout(patience, self.reader.read_to_end(&mut bytes)).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(reading.is_ok(), "the server did not hang up within {patience:?}; it said: {text}");
        text
    }
}

/// The head of a POST of JSON, without the empty line that ends it.
pub(crate) fn post_head(path: &str, token: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\n"
    )
}

/// The status of an answer, or none when there is no answer.
pub(crate) fn status_of(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
