//! Serving HTTP/1.1: accept, limit, end well.
//!
//! Every connection is a task of its own, and there is [`Room`] for so many. A client that does not send its request's
//! head in time gets 408, one that sends too long a head 431, both with a problem document, and either is
//! hung up on. So is one that does not read its answer.
//!
//! Stopping is in two steps. `stop` lets every connection finish the request that it is at; the deadline after it
//! drops what is still not done. Until then whoever comes is let in for one request, to hear that the process wants
//! no more (which `answer` knows): it would otherwise look dead while it works. Nobody is waited for on their account.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod farewell;
mod patience;
mod room;
#[cfg(test)]
mod tests;

pub(crate) use farewell::Farewell;
use farewell::Worded;
use patience::{Patient, Stuck};
pub(crate) use room::Room;
use room::Seat;

/// What a client may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of a request's head.
    pub(crate) head: usize,
    /// How long a request's head may take, also the first one of a connection.
    pub(crate) head_time: Duration,
    /// How long a client may take nothing of its answer.
    pub(crate) read_time: Duration,
    /// How long requests may still run when the server stops.
    pub(crate) drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 16 * 1024,
            head_time: Duration::from_secs(10),
            read_time: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

/// How long to wait after an accept that failed for want of something (file descriptors, memory):
/// it would fail again at once, and running connections may give some back meanwhile.
const BREATH: Duration = Duration::from_millis(100);
/// How long one that is to leave may take nothing of its answer; looked at twice.
const LAST_CHANCE: Duration = Duration::from_millis(500);

/// Serves `answer` on `listener` until `stop`, then finishes what runs within the deadline. Requests that
/// cannot be read get a `farewell`.
pub(crate) async fn serve<A, F>(
    listener: TcpListener,
    answer: A,
    farewell: Farewell,
    limits: Limits,
    room: Arc<Room>,
    stop: CancellationToken,
) where
    A: Fn(Request<Body>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let kill = CancellationToken::new();
    let tasks = TaskTracker::new();
    let connection = |peer, seat, manner| {
        let (answer, farewell, stop) = (answer.clone(), Arc::clone(&farewell), stop.clone());
        Connection { answer, farewell, peer, limits, stop, seat, manner }
    };
    while let Some(Some((stream, peer, seat))) =
        stop.run_until_cancelled(next(&listener, &room)).await
    {
        let (kill, work) = (kill.clone(), connection(peer, seat, Manner::Usual).work(stream));
        tasks.spawn(async move { kill.run_until_cancelled(work).await });
    }
    tasks.close();
    let mut late = JoinSet::new();
    let turning_away = async {
        while let Some((stream, peer, seat)) = next(&listener, &room).await {
            late.spawn(connection(peer, seat, Manner::Late).work(stream));
            while late.try_join_next().is_some() {}
        }
    };
    let in_time = tokio::select! {
        drained = tokio::time::timeout(limits.drain, tasks.wait()) => drained.is_ok(),
        () = turning_away => tokio::time::timeout(limits.drain, tasks.wait()).await.is_ok(),
    };
    drop(listener);
    late.shutdown().await;
    if !in_time {
        tracing::warn!(
            connections = tasks.len(),
            "requests did not finish in time and were dropped"
        );
        kill.cancel();
        tasks.wait().await;
    }
}

/// The next connection, once there is room for it; nothing when there never will be.
async fn next(listener: &TcpListener, room: &Room) -> Option<(TcpStream, SocketAddr, Arc<Seat>)> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Some((stream, peer, room.enter().await?)),
            // The client was gone before it was served: its loss alone.
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections; trying again");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// How long a connection is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Until the server stops, or its client has had enough.
    Usual,
    /// For one request: the server is stopping.
    Late,
}

/// One client's connection.
struct Connection<A> {
    answer: A,
    farewell: Farewell,
    peer: SocketAddr,
    limits: Limits,
    stop: CancellationToken,
    seat: Arc<Seat>,
    manner: Manner,
}

impl<A, F> Connection<A>
where
    A: Fn(Request<Body>) -> F,
    F: Future<Output = Response<Body>>,
{
    async fn work(self, stream: TcpStream) {
        // Answers are small and must not wait for more to come.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the connection broke before it was served");
            return;
        }
        let Self { answer, peer, .. } = self;
        let seat = Arc::clone(&self.seat);
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            seat.asks();
            // Whoever answers is told who asks.
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered = answer(request.map(Body::new));
            async move { Ok::<_, Infallible>(answered.await) }
        });
        let stuck = Stuck::default();
        let stream = Patient::new(stream, self.limits.read_time, stuck.clone());
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head_time)
            .keep_alive(self.manner == Manner::Usual)
            .max_buf_size(self.limits.head.max(8 * 1024))
            .serve_connection(
                TokioIo::new(Worded::new(stream, Arc::clone(&self.farewell))),
                service,
            );
        let mut running = std::pin::Pin::new(&mut connection);
        let ended = tokio::select! {
            ended = running.as_mut() => ended,
            () = self.stop.cancelled(), if self.manner == Manner::Usual => {
                running.as_mut().graceful_shutdown();
                running.await
            }
            () = self.seat.leave.cancelled() => {
                if !self.seat.has_asked() {
                    return;
                }
                running.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = running => ended,
                    () = stays_stuck(&stuck) => {
                        tracing::debug!("a client that does not read has to go");
                        return;
                    }
                }
            }
        };
        let Err(error) = ended else { return };
        tracing::debug!(%error, "a connection ended early");
        if error.is_timeout() {
            let parts = connection.into_parts();
            // An idle connection is closed without a word; half a request deserves one.
            if !parts.read_buf.is_empty() {
                let answer = (self.farewell)(408);
                too_slow(parts.io.into_inner().into_inner(), &answer).await;
            }
        }
    }
}

/// Waits until the client is seen not to read twice in a row.
async fn stays_stuck(stuck: &Stuck) {
    let mut before = false;
    loop {
        let now = stuck.is_so();
        if before && now {
            return;
        }
        before = now;
        tokio::time::sleep(LAST_CHANCE).await;
    }
}

/// Answers 408 and hangs up. What the client has sent is read first, because closing over unread
/// bytes would reset the connection and take the answer with it.
async fn too_slow(mut stream: TcpStream, answer: &[u8]) {
    let farewell = async {
        stream.write_all(answer).await?;
        stream.shutdown().await?;
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    // A client that is slow to hear it as well has had its time.
    let _ = tokio::time::timeout(Duration::from_secs(1), farewell).await;
}
