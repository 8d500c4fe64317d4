//! Writing to a client that must read: one that takes nothing for too long is hung up on.
//!
//! What is written lies in the kernel until the client takes it, and a client that never does would hold its
//! connection, and what lies there, for ever. As long as bytes are taken, however slowly, it is waited for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A connection whose other end has to read.
pub(super) struct Patient {
    stream: TcpStream,
    most: Duration,
    /// Until when the client has to take something, while it takes nothing.
    until: Option<Pin<Box<Sleep>>>,
    stuck: Stuck,
}

/// Whether a connection waits for its client to read.
#[derive(Debug, Clone, Default)]
pub(super) struct Stuck(Arc<AtomicBool>);

impl Stuck {
    pub(super) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Patient {
    pub(super) fn new(stream: TcpStream, most: Duration, stuck: Stuck) -> Self {
        Self { stream, most, until: None, stuck }
    }

    pub(super) fn into_inner(self) -> TcpStream {
        self.stream
    }

    fn wait<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            if self.until.take().is_some() {
                self.stuck.0.store(false, Ordering::Relaxed);
            }
            return written;
        }
        let until = self.until.get_or_insert_with(|| {
            self.stuck.0.store(true, Ordering::Relaxed);
            Box::pin(sleep(self.most))
        });
        until.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wait(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.wait(cx, written)
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
