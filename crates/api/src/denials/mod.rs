//! Refused requests, as the log is told of them.
//!
//! The frame notes each one; [`Denials::tell`] runs beside the server and writes. What is noted is
//! summed up by caller and route, so a flood of refusals costs a few events a minute and bounded
//! memory. Those of callers who are signed in are kept apart: no stranger's flood hides what somebody
//! inside tries.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::App;
use rishi_app::denials::Denial;
use rishi_domain::event::DenialReason;
use rishi_domain::id::{OrganizationId, UserId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::problem::Code;

mod book;

use book::Book;

/// How many callers and routes are told apart in a minute, of those signed in and of strangers each.
const APART: usize = 64;
/// How often those that were summed up are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A refused request.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) reason: DenialReason,
    /// Method and path as declared.
    pub(crate) route: String,
    pub(crate) user: Option<UserId>,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) address: IpAddr,
}

/// Why an answer refuses, if it does. Whoever shows nothing to sign in with is no news, and sign-in
/// tells of its own failures.
pub(crate) fn reason(code: Code, credentials: bool) -> Option<DenialReason> {
    match code {
        Code::Unauthenticated => credentials.then_some(DenialReason::Unauthenticated),
        Code::CrossSite => Some(DenialReason::CrossSite),
        Code::Forbidden | Code::SessionRequired => Some(DenialReason::Forbidden),
        _ => None,
    }
}

/// Refused requests that the log is to be told of.
#[derive(Debug)]
pub struct Denials {
    callers: Mutex<Book>,
    strangers: Mutex<Book>,
    /// There is one that nothing like was told of lately.
    news: Notify,
    totals: [AtomicU64; DenialReason::ALL.len()],
}

impl Default for Denials {
    fn default() -> Self {
        Self {
            callers: Mutex::new(Book::new(APART)),
            strangers: Mutex::new(Book::new(APART)),
            news: Notify::new(),
            totals: Default::default(),
        }
    }
}

impl Denials {
    /// A request was refused at `now`.
    pub(crate) fn note(&self, refused: Refused, now: Timestamp) {
        self.totals[refused.reason as usize].fetch_add(1, Ordering::Relaxed);
        let book = if refused.user.is_some() { &self.callers } else { &self.strangers };
        let news = book.lock().unwrap_or_else(PoisonError::into_inner).note(refused, now);
        if news {
            self.news.notify_one();
        }
    }

    /// How many requests were refused since the start, by reason.
    pub(crate) fn totals(&self) -> impl Iterator<Item = (DenialReason, u64)> {
        let count = |reason| self.totals[reason as usize].load(Ordering::Relaxed);
        DenialReason::ALL.into_iter().map(move |reason| (reason, count(reason)))
    }

    /// Tells the log, until `stop`; then what is left.
    pub async fn tell(&self, app: &App, stop: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = self.news.notified() => {}
                _ = looks.tick() => {}
                () = stop.cancelled() => break,
            }
            self.write(app, |book| book.due(app.clock.now())).await;
        }
        self.write(app, Book::rest).await;
    }

    async fn write(&self, app: &App, take: impl Fn(&mut Book) -> Vec<Denial>) {
        for book in [&self.callers, &self.strangers] {
            let denials = take(&mut book.lock().unwrap_or_else(PoisonError::into_inner));
            if denials.is_empty() {
                continue;
            }
            if let Err(error) = app.tell_of_denials(&denials).await {
                // The log is the place to tell; where it cannot be written, this is what is left.
                tracing::error!(%error, ?denials, "the event log could not be told of denials");
            }
        }
    }
}
