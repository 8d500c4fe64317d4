//! A stand-in that is called by a client of the platform's, in tokio's time.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Dependency, Manner, Protocol, StandIn, tokio_elapsed};
use crate::{BreakerSettings, Circuit, Circuits, Elapsed};

/// A call on its way.
pub type Calling = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A stand-in and who calls it. Tokio's time must be paused.
pub struct Called {
    stand_in: StandIn,
    circuit: Arc<Circuit>,
    elapsed: Elapsed,
    call: Box<dyn Fn() -> Calling + Send + Sync>,
}

impl Called {
    /// A stand-in of a protocol before a fresh circuit with the usual settings; `client` is told both and gives
    /// one call after the other.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub async fn by<F>(
        protocol: Protocol,
        client: impl FnOnce(SocketAddr, Arc<Circuit>) -> F,
    ) -> io::Result<Self>
    where
        F: Fn() -> Calling + Send + Sync + 'static,
    {
        let stand_in = StandIn::open(protocol).await?;
        let elapsed = tokio_elapsed();
        let circuits = Circuits::new(Arc::clone(&elapsed));
        let circuit = circuits.of("stand-in", BreakerSettings::default());
        let call = Box::new(client(stand_in.address, Arc::clone(&circuit)));
        Ok(Self { stand_in, circuit, elapsed, call })
    }
}

impl Dependency for Called {
    fn becomes(&self, manner: Manner) {
        self.stand_in.becomes(manner);
    }

    fn reached(&self) -> u64 {
        self.stand_in.reached()
    }

    fn circuit(&self) -> &Arc<Circuit> {
        &self.circuit
    }

    fn call(&self) -> impl Future<Output = ()> {
        (self.call)()
    }

    fn now(&self) -> Duration {
        (self.elapsed)()
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
