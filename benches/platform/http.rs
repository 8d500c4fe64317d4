//! As much of HTTP/1.1 as the bench speaks: requests as bytes, the frame of an answer, and a client
//! that asks one thing at a time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::{Result, failed};

/// A request as it goes over the wire. `headers` are whole lines without their ends.
pub(crate) fn request(
    method: &str,
    path: &str,
    token: &str,
    headers: &[String],
    body: Option<&Value>,
) -> Vec<u8> {
    let mut lines = vec![format!("{method} {path} HTTP/1.1"), "host: localhost".to_owned()];
    if !token.is_empty() {
        lines.push(format!("authorization: Bearer {token}"));
    }
    lines.extend_from_slice(headers);
    let body = body.map(Value::to_string).unwrap_or_default();
    if !body.is_empty() {
        lines.push("content-type: application/json".to_owned());
        lines.push(format!("content-length: {}", body.len()));
    }
    format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}

/// Where an answer ends and what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) status: u16,
    /// Bytes before the body.
    pub(crate) head: usize,
    /// Bytes of head and body.
    pub(crate) length: usize,
}

/// Reads the frame of the answer that `bytes` begin with; nothing while its head is not whole.
pub(crate) fn frame(bytes: &[u8]) -> Result<Option<Frame>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = &bytes[..end];
    let status = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let status = status.ok_or_else(|| failed("the answer has no status"))?;
    let mut body = None;
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        const NAME: &[u8] = b"content-length:";
        if line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            let value = std::str::from_utf8(&line[NAME.len()..])?;
            body = Some(value.trim().parse::<usize>()?);
        }
    }
    let Some(body) = body else {
        return Err(failed(format!("no content-length: {}", String::from_utf8_lossy(head))));
    };
    Ok(Some(Frame { status, head: end + 4, length: end + 4 + body }))
}

/// An answer that says no.
pub(crate) fn refusal(status: u16, body: &[u8]) -> crate::Failure {
    failed(format!("the server answered {status}: {}", String::from_utf8_lossy(body)))
}

/// Asks one thing at a time over one connection, as one person.
pub(crate) struct Client {
    stream: TcpStream,
    token: String,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(Self { stream, token: token.to_owned() })
    }

    pub(crate) fn get(&mut self, path: &str) -> Result<Value> {
        let request = request("GET", path, &self.token, &[], None);
        self.ask(&request)
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let request = request("POST", path, &self.token, &[], Some(body));
        self.ask(&request)
    }

    /// Sends and waits; anything but 2xx is a failure.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Value> {
        self.stream.write_all(request)?;
        let mut bytes = Vec::new();
        let mut piece = [0; 16 * 1024];
        loop {
            let count = self.stream.read(&mut piece)?;
            if count == 0 {
                return Err(failed("the server hung up"));
            }
            bytes.extend_from_slice(&piece[..count]);
            let Some(frame) = frame(&bytes)? else { continue };
            if bytes.len() < frame.length {
                continue;
            }
            let body = &bytes[frame.head..frame.length];
            if !(200..300).contains(&frame.status) {
                return Err(refusal(frame.status, body));
            }
            return if body.is_empty() {
                Ok(Value::Null)
            } else {
                Ok(serde_json::from_slice(body)?)
            };
        }
    }
}

/// A text field that must be there.
pub(crate) fn text(document: &Value, field: &str) -> Result<String> {
    let found = document[field].as_str().map(str::to_owned);
    found.ok_or_else(|| failed(format!("no text {field:?} in {document}")))
}
