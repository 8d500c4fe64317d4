//! One connection of the load generator.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::TcpStream;
use mio::{Interest, Poll, Token};

use super::Source;
use crate::http::{Frame, frame, refusal};
use crate::{Result, failed};

/// A connection with at most one request under way.
pub(super) struct Wire {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    filled: usize,
    /// The answer's extent, once its head is there.
    frame: Option<Frame>,
    /// Whether an answer is awaited.
    busy: bool,
    /// From when the wait for the answer counts.
    pub(super) since: Instant,
}

impl Wire {
    pub(super) fn connect(poll: &Poll, address: SocketAddr, token: Token) -> Result<Self> {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, token, Interest::READABLE)?;
        let answer = vec![0; 128 * 1024];
        let (request, since) = (Vec::new(), Instant::now());
        Ok(Self { stream, request, answer, filled: 0, frame: None, busy: false, since })
    }

    /// Sends the next request; false when there is none.
    pub(super) fn send(&mut self, since: Instant, source: &mut Source<'_>) -> Result<bool> {
        self.request.clear();
        if !source(&mut self.request) {
            return Ok(false);
        }
        (self.filled, self.frame, self.busy, self.since) = (0, None, true, since);
        // A request is small against a socket's buffer, and nothing else is in that.
        let sent = self.stream.write(&self.request)?;
        if sent == self.request.len() {
            Ok(true)
        } else {
            Err(failed("the socket took half a request"))
        }
    }

    /// Reads what has come; true when the answer is whole.
    pub(super) fn receive(&mut self) -> Result<bool> {
        if !self.busy {
            // The server may hang up on who has nothing to say for long.
            return Ok(false);
        }
        loop {
            if self.filled == self.answer.len() {
                self.answer.resize(self.filled * 2, 0);
            }
            let count = match self.stream.read(&mut self.answer[self.filled..]) {
                Ok(0) => return Err(failed("the server hung up")),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            self.filled += count;
            if self.frame.is_none() {
                self.frame = frame(&self.answer[..self.filled])?;
            }
            let Some(frame) = self.frame else { continue };
            if self.filled < frame.length {
                continue;
            }
            // Whole: no need to ask for more, as nothing comes before the next request.
            let body = &self.answer[frame.head..frame.length];
            if !(200..300).contains(&frame.status) {
                return Err(refusal(frame.status, body));
            }
            if self.filled > frame.length {
                return Err(failed("the server said more than it was asked"));
            }
            self.busy = false;
            return Ok(true);
        }
    }
}
