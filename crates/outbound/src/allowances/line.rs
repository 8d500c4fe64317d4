//! One connection that all share: commands go out without waiting for the answers to those before.
//!
//! Redis answers in order, so one answer that does not come holds up all that follow it. Therefore a connection on which
//! anything failed, or was not waited for to the end, is given up, and the next who asks makes another.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};

/// The way to Redis.
pub(super) struct Line {
    client: Client,
    kept: Mutex<Option<Kept>>,
    /// Held by who connects: the others wait for that.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    connection: MultiplexedConnection,
    /// Which of all connections it is.
    mark: Arc<()>,
}

/// The connection, for one command. Unless it is said to be well it is given up.
pub(super) struct Lent<'l> {
    line: &'l Line,
    pub(super) connection: MultiplexedConnection,
    mark: Option<Arc<()>>,
}

impl Line {
    pub(super) fn to(client: Client) -> Self {
        Self { client, kept: Mutex::default(), connecting: tokio::sync::Mutex::default() }
    }

    pub(super) async fn lend(&self) -> Result<Lent<'_>, RedisError> {
        let kept = self.kept().clone();
        let kept = match kept {
            Some(kept) => kept,
            None => self.connected().await?,
        };
        let Kept { connection, mark } = kept;
        Ok(Lent { line: self, connection, mark: Some(mark) })
    }

    async fn connected(&self) -> Result<Kept, RedisError> {
        let _turn = self.connecting.lock().await;
        if let Some(kept) = &*self.kept() {
            return Ok(kept.clone());
        }
        // Whoever asks bounds the time, for both together.
        let untimed =
            AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = self.client.get_multiplexed_async_connection_with_config(&untimed).await?;
        let kept = Kept { connection, mark: Arc::default() };
        *self.kept() = Some(kept.clone());
        Ok(kept)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// It answered: others may use it.
    pub(super) fn is_well(&mut self) {
        self.mark = None;
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(mark) = &self.mark else { return };
        let mut kept = self.line.kept();
        if kept.as_ref().is_some_and(|kept| Arc::ptr_eq(&kept.mark, mark)) {
            *kept = None;
        }
    }
}
