//! Who is told: a server of the test's own that writes down what comes, and behaves as it is told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::eventually;

/// What is done with a request.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    /// Answer with this status, and with headers written as they are sent.
    Answer(u16, String),
    /// Answer 200 with these words, after so long.
    Say(Duration, String),
    /// Never answer.
    Hang,
    /// Answer so slowly that it never ends.
    Drip,
    /// Say 200, and then send ten gigabytes.
    Endless,
}

/// What came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// `POST /hook`
    pub(crate) asked: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn event(&self) -> Value {
        serde_json::from_str(&self.body).expect("a CloudEvent is JSON")
    }
}

/// A receiver; it ends when dropped.
pub(crate) struct Receiver {
    pub(crate) url: String,
    manner: Arc<Mutex<Manner>>,
    messages: Arc<Mutex<Vec<Message>>>,
    task: JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let manner = Arc::new(Mutex::new(manner));
        let messages = Arc::new(Mutex::new(Vec::new()));
        let (behaves, notes) = (Arc::clone(&manner), Arc::clone(&messages));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (behaves, notes) = (Arc::clone(&behaves), Arc::clone(&notes));
                tokio::spawn(async move { serve(stream, &behaves, &notes).await });
            }
        });
        Self { url: format!("http://{address}/hook"), manner, messages, task }
    }

    /// One that takes everything.
    pub(crate) async fn willing() -> Self {
        Self::new(Manner::Answer(204, String::new())).await
    }

    /// From now on it behaves so.
    pub(crate) fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Everything that came.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// What came of this type of event.
    pub(crate) fn of_type(&self, event_type: &str) -> Vec<Message> {
        let all = self.messages().into_iter();
        all.filter(|message| message.event()["type"] == event_type).collect()
    }

    /// Waits until so many of a type have come.
    pub(crate) async fn has(&self, event_type: &str, count: usize) -> Vec<Message> {
        eventually("the receiver is told", async || {
            Some(self.of_type(event_type)).filter(|found| found.len() >= count)
        })
        .await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, manner: &Mutex<Manner>, messages: &Mutex<Vec<Message>>) {
    // One request a connection: nothing depends on whether connections are kept.
    let Some(message) = read(&mut stream).await else { return };
    messages.lock().unwrap().push(message);
    let manner = manner.lock().unwrap().clone();
    match manner {
        Manner::Answer(status, headers) => {
            let answer = format!(
                "HTTP/1.1 {status} Said\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Manner::Say(after, body) => {
            tokio::time::sleep(after).await;
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Manner::Hang => std::future::pending().await,
        Manner::Drip => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            while stream.write_all(b"X-Drip: 1\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
        Manner::Endless => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n";
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(&[b'x'; 8_192]).await.is_ok() {}
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Message> {
    let mut bytes = Vec::new();
    loop {
        if let Some(message) = parsed(&bytes) {
            return Some(message);
        }
        let mut more = [0; 4_096];
        match stream.read(&mut more).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&more[..count]),
        }
    }
}

/// The request, once it is whole.
fn parsed(bytes: &[u8]) -> Option<Message> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let headers: BTreeMap<String, String> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let asked = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let length: usize = headers.get("content-length").map_or(Ok(0), |text| text.parse()).ok()?;
    (body.len() >= length).then(|| Message { asked, headers, body: body[..length].to_owned() })
}
