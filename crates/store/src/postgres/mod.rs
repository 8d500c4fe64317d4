//! PostgreSQL: one server, any number of processes that are all alike.
//!
//! Flow: a commit is a transaction of its own on a connection of its own; its events wait in the table
//! `unsequenced` until a sequencer (see [`sequencer`]) gives them their positions, in a transaction for all that
//! wait. Short reads share a few connections, on which they are sent one after another without waiting for
//! answers; long ones, and those that need one view of several tables, take a connection for themselves.
//!
//! Guarantee: an answered commit is on the server's disk. When a connection is lost while a transaction is being
//! committed, the server is asked what became of it before anything is answered.

use std::sync::Arc;

use rishi_bus::Position;
use rishi_resilience::Circuit;
use tokio::sync::watch;

mod advice;
mod availability;
mod calendar;
mod columns;
mod connection;
mod credentials;
mod desk;
mod error;
mod exchange;
mod figures;
mod gathering;
mod history;
mod leases;
mod ledger;
mod letters;
mod lists;
mod log;
mod migrate;
mod notifications;
mod reach;
mod read;
mod roles;
mod sequencer;
mod series;
mod server;
mod staffing;
mod standings;
mod store;
mod tables;
mod target;
mod transport;
mod webhooks;
mod writer;
mod writing;

pub use error::OpenError;
pub use migrate::{MigrationReport, migrate};
pub use roles::grant;

pub use server::check_address;
pub(crate) use target::{Place, Target, is_copied};

use connection::Pool;
use sequencer::Sequencer;
use server::Server;
use writing::Writing;

use crate::figures::Figures;
use crate::guard::Guard;
use crate::recent::Recent;
use crate::records::Records;
use crate::signals::Signals;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Where it is, as libpq takes it: `postgres://user@host/name`. `sslrootcert` names a certificate to judge the
    /// server by beside those of the machine.
    pub url: String,
    /// How many connections short queries share that may see everything, and how many those that see a part.
    pub shared: usize,
    /// How many further connections there are at most, for changes and long queries.
    pub own: usize,
    /// What stands before the database; nothing where one caller alone uses it.
    pub circuit: Option<Arc<Circuit>>,
    /// Whether it may hold a copy that is not finished: for whoever judges one.
    pub unfinished: bool,
}

impl PostgresOptions {
    /// The defaults for an address: twice 2 connections for short queries, 16 others.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), shared: 2, own: 16, circuit: None, unfinished: false }
    }
}

/// A database that is being used.
pub struct Postgres {
    pool: Arc<Pool>,
    signals: Signals,
    recent: Arc<Recent>,
    records: Records,
    figures: Arc<Figures>,
    writing: Arc<Writing>,
    bound: bool,
}

impl Postgres {
    /// Opens a database whose schema is up to date; `rishi migrate` makes it so.
    pub async fn open(options: PostgresOptions) -> Result<Arc<Self>, OpenError> {
        let guard = Guard::new(options.circuit);
        let server = Server::parse(&options.url)?;
        let pool = Arc::new(Pool::new(server, options.shared, options.own, guard)?);
        let own = pool.own().await?;
        migrate::check_version(own.client()?).await?;
        migrate::check_schema(own.client()?).await?;
        if !options.unfinished {
            migrate::check_whole(own.client()?).await?;
        }
        let bound = roles::is_bound(own.client()?).await?;
        own.rest();
        let head = pool.probe(log::head).await?;
        let (signals, recent) = (Signals::new(head), Arc::new(Recent::new(head)));
        let figures = Arc::new(Figures::default());
        let sequencer = Sequencer::start(
            Arc::clone(&pool),
            signals.clone(),
            Arc::clone(&recent),
            Arc::clone(&figures),
        );
        // What a process left that died before it had sequenced it.
        sequencer.nudge();
        let writing = Arc::new(Writing::new(
            Arc::clone(&pool),
            sequencer,
            signals.clone(),
            Arc::clone(&recent),
            Arc::clone(&figures),
        ));
        let records = Records::new(Arc::clone(&recent));
        Ok(Arc::new(Self { pool, signals, recent, records, figures, writing, bound }))
    }

    /// Whether the database itself keeps the rows of other organizations from a query that names some: not when its role
    /// is a superuser, or has BYPASSRLS.
    pub fn is_behind_the_second_wall(&self) -> bool {
        self.bound
    }

    /// The newest sequenced position, updated after every commit of this process.
    pub fn head(&self) -> watch::Receiver<Position> {
        self.signals.head.subscribe()
    }

    /// Finishes what is under way and closes the connections. Later commits are refused as unavailable.
    pub async fn close(&self) {
        self.writing.close().await;
        self.writing.sequencer.stop().await;
        self.pool.close().await;
    }
}
