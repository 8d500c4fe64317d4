//! Reading a live stream of events (Server-Sent Events), line by line.

use serde_json::Value;
use tokio::time::timeout;

use crate::support::Client;
use crate::support::wait::PATIENCE;

/// One message of the stream.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) data: Value,
}

/// An open stream.
pub(crate) struct Tail {
    response: reqwest::Response,
    /// Read and not yet a whole message.
    pending: String,
}

impl Tail {
    /// Opens a stream, after `last` when given.
    pub(crate) async fn open(reader: &Client, query: &str, last: Option<&str>) -> Self {
        Self::at(reader, &format!("/api/events/stream{query}"), last).await
    }

    /// The same for any stream.
    pub(crate) async fn at(reader: &Client, path: &str, last: Option<&str>) -> Self {
        let mut request = reader.request(reqwest::Method::GET, path);
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), 200, "the stream opens");
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/event-stream"), "it is a stream: {kind}");
        Self { response, pending: String::new() }
    }

    /// The next message; comments that keep the connection alive are passed over. None when the
    /// server has ended the stream.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            while let Some(end) = self.pending.find("\n\n") {
                let block: String = self.pending.drain(..end + 2).collect();
                if let Some(message) = parse(&block) {
                    return Some(message);
                }
            }
            let chunk = timeout(PATIENCE, self.response.chunk()).await;
            match chunk.expect("the stream speaks or ends in time") {
                Ok(Some(bytes)) => self.pending += std::str::from_utf8(&bytes).expect("UTF-8"),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// The next messages, so many.
    pub(crate) async fn take(&mut self, count: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        while messages.len() < count {
            messages.push(self.next().await.expect("the stream goes on"));
        }
        messages
    }
}

fn parse(block: &str) -> Option<Message> {
    let field = |name: &str| -> Vec<&str> {
        let lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect()
    };
    let data = field("data");
    if data.is_empty() {
        return None;
    }
    let data = serde_json::from_str(&data.join("\n")).expect("a message is an event in JSON");
    let id = field("id").first().map(|id| (*id).to_owned()).expect("a message has an id");
    Some(Message { id, data })
}
