//! Something to be called over a socket, which behaves as it is told.

use std::io::{self, BufRead as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::Manner;

/// What it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1. One that works answers 200 with this body, one that fails 503, one that refuses 400.
    Http(&'static str),
    /// SMTP. One that fails hangs up, one that refuses knows no receiver.
    Smtp,
    /// RESP, as Redis does: a connection is for many calls, each of which runs a script. One that fails hangs up.
    Redis,
}

/// It takes one call on each connection, unless the protocol has it otherwise, and counts those.
#[derive(Debug)]
pub struct StandIn {
    /// Where it is.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    manner: Mutex<Manner>,
    reached: AtomicU64,
}

impl Shared {
    /// Counts a call; answers how to take it.
    fn called(&self) -> Manner {
        self.reached.fetch_add(1, Ordering::Relaxed);
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StandIn {
    /// One on this machine that works.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub async fn open(protocol: Protocol) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Shared { manner: Mutex::new(Manner::Works), reached: AtomicU64::new(0) };
        let shared = Arc::new(shared);
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                // Who hangs up meanwhile is a caller who left.
                tokio::spawn(async move {
                    let _ = match protocol {
                        Protocol::Http(body) => http(stream, shared.called(), body).await,
                        Protocol::Smtp => smtp(stream, shared.called()).await,
                        Protocol::Redis => redis(stream, &shared).await,
                    };
                });
            }
        });
        Ok(Self { address, shared, task })
    }

    /// How it behaves toward whoever calls from now on.
    pub fn becomes(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    /// How many have called.
    #[must_use]
    pub fn reached(&self) -> u64 {
        self.shared.reached.load(Ordering::Relaxed)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Waits until the caller goes away.
async fn hang(mut stream: TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1_024]).await? > 0 {}
    Ok(())
}

async fn http(stream: TcpStream, manner: Manner, body: &str) -> io::Result<()> {
    if manner == Manner::Hangs {
        return hang(stream).await;
    }
    let mut stream = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap_or(0),
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length]).await?;
    let (status, body) = match manner {
        Manner::Works => ("200 OK", body),
        Manner::Refuses => ("400 Bad Request", "{}"),
        Manner::Fails | Manner::Hangs => ("503 Service Unavailable", "{}"),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

async fn smtp(stream: TcpStream, manner: Manner) -> io::Result<()> {
    match manner {
        Manner::Hangs => return hang(stream).await,
        Manner::Fails => return Ok(()),
        Manner::Works | Manner::Refuses => {}
    }
    // A mail comes in several small packets, of which each waits a moment for the one before it to be
    // acknowledged. Paused time stands still while a thread is at work.
    let stream = stream.into_std()?;
    let talking = tokio::task::spawn_blocking(move || talk(&stream, manner == Manner::Works));
    talking.await.map_err(io::Error::other)?
}

/// Takes one mail, or says that its receiver is not known.
fn talk(stream: &std::net::TcpStream, takes: bool) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    let mut answers = stream;
    let (mut lines, mut line, mut is_mail) = (io::BufReader::new(stream), String::new(), false);
    answers.write_all(b"220 here\r\n")?;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let said = line.trim_end();
        let verb = said.get(..4).unwrap_or(said).to_ascii_uppercase();
        let (answer, is_last) = match verb.as_str() {
            "." if is_mail => ("250 taken\r\n", true),
            _ if is_mail => continue,
            "DATA" => ("354 go on\r\n", false),
            "RCPT" if !takes => ("550 nobody here\r\n", true),
            "QUIT" => ("221 farewell\r\n", true),
            _ => ("250 well\r\n", false),
        };
        is_mail = verb == "DATA";
        answers.write_all(answer.as_bytes())?;
        if is_last {
            return stream.shutdown(Shutdown::Write);
        }
    }
}

async fn redis(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(command) = command(&mut stream).await? {
        let manner = (command == "EVALSHA").then(|| shared.called());
        let answer: &[u8] = match manner {
            None => b"+OK\r\n",
            Some(Manner::Works) => b":1\r\n",
            Some(Manner::Refuses) => b"-ERR this is not understood\r\n",
            Some(Manner::Fails) => return Ok(()),
            Some(Manner::Hangs) => return hang(stream.into_inner()).await,
        };
        stream.write_all(answer).await?;
    }
    Ok(())
}

/// The name of the next command, whose words come as `*2`, `$4`, `ECHO`, `$2`, `hi`; nothing when the caller has left.
async fn command(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let Some(words) = length(stream).await? else { return Ok(None) };
    let mut name = None;
    for _ in 0..words {
        let Some(length) = length(stream).await? else { return Ok(None) };
        let mut word = vec![0; length + 2];
        stream.read_exact(&mut word).await?;
        word.truncate(length);
        name.get_or_insert(word);
    }
    Ok(name.map(|name| String::from_utf8_lossy(&name).to_ascii_uppercase()))
}

async fn length(stream: &mut BufReader<TcpStream>) -> io::Result<Option<usize>> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    Ok(line.trim_end().get(1..).and_then(|digits| digits.parse().ok()))
}
