//! The end of the log in memory, shared by all subscriptions.
//!
//! The log is cut into pages of [`PAGE`] positions. Whoever needs a page first reads it, others wait for that one read
//! and share its events; the newest page grows as events are committed. A handful of pages is kept, least recently used
//! out first, so memory is bounded, subscriptions near one another read the log once together, and one that fell behind
//! simply works on older pages without disturbing the rest.
//!
//! Guarantee: what is handed out starts right after the asked position and has no gap. A log that answers otherwise is
//! an error, never a skipped event.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Mutex as AsyncMutex;

use crate::{Envelope, Ledger, LedgerError, Position};

/// Positions in a page; page `k` holds `k·PAGE + 1 ..= (k + 1)·PAGE`.
const PAGE: u64 = 512;
/// Pages kept.
const PAGES: usize = 16;

/// The shared reader.
pub(crate) struct Tail<L: ?Sized> {
    ledger: Arc<L>,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    pages: HashMap<u64, (u64, Arc<Page>)>,
    uses: u64,
}

type Page = AsyncMutex<Run>;

/// A contiguous stretch of the log: the events right after `after`.
#[derive(Default)]
struct Run {
    after: Position,
    events: Vec<Arc<Envelope>>,
}

impl Run {
    fn last(&self) -> Position {
        self.after + self.events.len() as u64
    }
}

impl<L: Ledger + ?Sized> Tail<L> {
    pub(crate) fn new(ledger: Arc<L>) -> Self {
        Self { ledger, shelf: Mutex::default() }
    }

    /// At least one and at most `limit` events after `position`; `head` is a committed position beyond it.
    pub(crate) async fn after(
        &self,
        position: Position,
        head: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Envelope>>, LedgerError> {
        let index = position / PAGE;
        let end = (index + 1) * PAGE;
        let page = self.page(index);
        let mut run = page.lock().await;
        if run.events.is_empty() || position < run.after {
            *run = Run { after: position, events: Vec::new() };
        }
        let last = run.last();
        if last < head.min(end) {
            let more = self.ledger.read(last, to_usize(end - last)).await?;
            for (event, expected) in more.iter().zip(last + 1..) {
                if event.position != expected {
                    return Err(LedgerError::new(format!(
                        "position {expected} is missing from the log"
                    )));
                }
            }
            run.events.extend(more.into_iter().take(to_usize(end - last)));
        }
        let events: Vec<_> = run
            .events
            .iter()
            .skip(to_usize(position - run.after))
            .take(limit)
            .map(Arc::clone)
            .collect();
        if events.is_empty() {
            return Err(LedgerError::new(format!(
                "the log ends at {}, before its head {head}",
                run.last()
            )));
        }
        Ok(events)
    }

    fn page(&self, index: u64) -> Arc<Page> {
        let mut kept = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        if !kept.pages.contains_key(&index) && kept.pages.len() >= PAGES {
            let oldest =
                kept.pages.iter().min_by_key(|(_, (used, _))| *used).map(|(index, _)| *index);
            oldest.and_then(|oldest| kept.pages.remove(&oldest));
        }
        let (used, page) = kept.pages.entry(index).or_default();
        *used = now;
        Arc::clone(page)
    }
}

fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
