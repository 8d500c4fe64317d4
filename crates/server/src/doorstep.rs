//! Where the server will listen, from the first moment: somebody answers there while the database is opened.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use rishi_app::ids::Ids;
use rishi_bus::SystemClock;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::failure::Failure;
use crate::host;
use crate::http::{self, Farewell, Limits, Room};

/// An address that is taken, and who answers at it for the time being.
pub(crate) struct Doorstep {
    listener: TcpListener,
    /// Ends the answering when it is dropped.
    stop: DropGuard,
    answering: JoinHandle<()>,
}

impl Doorstep {
    /// Takes the address and begins to answer.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let listener = listen(address).await?;
        let (listener, front) = twin(listener)
            .map_err(|error| Failure::broken(format!("cannot listen on {address}"), error))?;
        let ids = Arc::new(Ids::new(Arc::new(SystemClock)));
        let worded = Arc::clone(&ids);
        let farewell: Farewell = Arc::new(move |status| rishi_api::farewell(status, worded.next()));
        let answer = move |request: Request<Body>| {
            std::future::ready(rishi_api::doorstep(&request, ids.next()))
        };
        let stop = CancellationToken::new();
        let room = Room::new(host::connections());
        let limits = Limits::default();
        let serving = http::serve(front, answer, farewell, limits, room, stop.clone());
        Ok(Self { listener, stop: stop.drop_guard(), answering: tokio::spawn(serving) })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Hands the address over: whoever comes from now on waits to be accepted.
    pub(crate) async fn enter(self) -> TcpListener {
        drop(self.stop);
        if let Err(error) = self.answering.await {
            tracing::error!(%error, "answering while the server started has failed");
        }
        self.listener
    }
}

/// A second handle of the same socket, so that it is never closed in between.
fn twin(listener: TcpListener) -> std::io::Result<(TcpListener, TcpListener)> {
    let listener = listener.into_std()?;
    let front = listener.try_clone()?;
    Ok((TcpListener::from_std(listener)?, TcpListener::from_std(front)?))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "; stop the program that uses it or set http_addr to another port"
            }
            std::io::ErrorKind::PermissionDenied => {
                "; ports below 1024 need a privilege, others do not"
            }
            _ => "",
        };
        Failure::Refused(format!("cannot listen on {address}: {error}{hint}"))
    })
}
