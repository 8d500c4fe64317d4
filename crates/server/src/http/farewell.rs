//! The last word to a client that the API never got to hear.
//!
//! A request that cannot be read (its head is malformed, too long or too slow) ends in the layer that reads
//! connections, whose answers are bare: a status and nothing else. Here they become problem documents like
//! every other refusal. The API's own refusals always have a body, so a bare one is not its.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::patience::Patient;

/// The whole answer, head and body, for a status.
pub(crate) type Farewell = Arc<dyn Fn(u16) -> Bytes + Send + Sync>;

/// A connection whose bare refusals are put into words.
pub(super) struct Worded {
    stream: Patient,
    farewell: Farewell,
    /// What is said instead of a bare refusal, while it is being written.
    answer: Option<Bytes>,
}

impl Worded {
    pub(super) fn new(stream: Patient, farewell: Farewell) -> Self {
        Self { stream, farewell, answer: None }
    }

    pub(super) fn into_inner(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// Writes the words for a bare refusal; nothing when it is none.
    fn poll_words(&mut self, cx: &mut Context<'_>, head: &[u8]) -> Poll<Option<io::Result<()>>> {
        if self.answer.is_none() {
            let Some(status) = bare_refusal(head) else { return Poll::Ready(None) };
            self.answer = Some((self.farewell)(status));
        }
        while let Some(answer) = self.answer.as_mut().filter(|answer| !answer.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, answer)) {
                Ok(0) => return Poll::Ready(Some(Err(io::ErrorKind::WriteZero.into()))),
                Ok(written) => answer.advance(written),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
        self.answer = None;
        Poll::Ready(Some(Ok(())))
    }
}

/// The status of a response that is a client error and has no body. Looks at one byte of any other.
fn bare_refusal(head: &[u8]) -> Option<u16> {
    const STATUS: std::ops::Range<usize> = 9..12;
    if head.get(STATUS.start) != Some(&b'4') || !head.ends_with(b"\r\n\r\n") {
        return None;
    }
    let text = std::str::from_utf8(head).ok()?;
    text.contains("\r\ncontent-length: 0\r\n").then_some(())?;
    text.get(STATUS)?.parse().ok()
}

impl AsyncRead for Worded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Worded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match ready!(self.poll_words(cx, bytes)) {
            Some(written) => Poll::Ready(written.map(|()| bytes.len())),
            None => Pin::new(&mut self.stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [alone] = parts
            && let Some(written) = ready!(self.poll_words(cx, alone))
        {
            return Poll::Ready(written.map(|()| alone.len()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_client_error_without_a_body_is_put_into_words() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bare_refusal(bare), Some(431));
        for other in [
            &b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 10\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nmore",
            b"HTTP/1.1 4",
            b"",
        ] {
            assert_eq!(bare_refusal(other), None);
        }
    }
}
