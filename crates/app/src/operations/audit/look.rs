//! The second look at a booking whose row is not what the first pass heard of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rishi_bus::{Envelope, Position};
use rishi_domain::assignment::{self, Assignment};
use rishi_domain::booking::{Booking, FoldError, fold, snapshot};
use rishi_domain::event::ReadError;
use rishi_domain::id::{AssignmentId, BookingId};
use serde::Serialize;
use serde_json::Value;

use super::{AuditError, PAGE, Told, are_told, misfit};
use crate::bookings::{BookingFilter, Cursor, SharedRecord, Sort, SortField, Window};
use crate::events::subject;
use crate::scope::Scope;
use crate::store::{EventFilter, Listed};
use crate::{App, Error};

/// How often a row that does not fit is looked at again.
const LOOKS: u32 = 5;
/// Bookings listed at once.
const ROWS: u32 = 200;

impl App {
    /// Compares one booking with what its events tell, again while both move. What is left after
    /// retention cannot be folded from its beginning; then the newest event alone counts.
    pub(super) async fn look_again(
        &self,
        id: BookingId,
        position: Position,
        retained: bool,
    ) -> Result<(), AuditError> {
        let mut what = String::new();
        for _ in 0..LOOKS {
            let events = self.events_of(id).await?;
            let Some((row, rows)) = self.rows_of(id).await? else {
                let what = "its events are there, but its row is not".to_owned();
                return Err(misfit(id, position, what));
            };
            match story(&events, retained) {
                Ok(Some(told)) if told != row => {
                    what = format!("its row {}", difference(&row, &told));
                }
                Ok(Some(_)) => match staff(&events).map(|told| odd(&told, rows, retained)) {
                    Ok(None) | Err(ReadError::UnknownVersion { .. }) => return Ok(()),
                    Ok(Some(odd)) => what = odd,
                    Err(error) => what = chain(&error),
                },
                Ok(None) => "its row is there, but its events are not".clone_into(&mut what),
                Err(FoldError::Unreadable(ReadError::UnknownVersion { .. })) => return Ok(()),
                Err(error) => what = chain(&error),
            }
        }
        Err(misfit(id, position, what))
    }

    /// Finds a row of which the log tells nothing.
    pub(super) async fn find_untold(
        &self,
        told: &BTreeMap<BookingId, Told>,
    ) -> Result<(), AuditError> {
        let mut window = Window::Offset(0);
        loop {
            let page = self.some_bookings(window, ROWS).await?.items;
            for id in page.iter().map(|record| record.booking.id) {
                if !told.contains_key(&id) {
                    self.look_again(id, 0, false).await?;
                }
            }
            let Some(last) = page.last().filter(|_| page.len() == ROWS as usize) else {
                return Ok(());
            };
            window = Window::After(Cursor::of(&last.booking, SortField::CreatedAt));
        }
    }

    /// How many bookings there are.
    pub(super) async fn count_bookings(&self) -> Result<u64, Error> {
        Ok(self.some_bookings(Window::Offset(0), 1).await?.total)
    }

    async fn some_bookings(
        &self,
        window: Window,
        limit: u32,
    ) -> Result<Listed<Arc<SharedRecord>>, Error> {
        let filter = BookingFilter {
            sort: Sort { field: SortField::CreatedAt, descending: false },
            window,
            limit,
            ..BookingFilter::default()
        };
        Ok(self.store.bookings(&Scope::system(), &filter).await?)
    }

    async fn events_of(&self, id: BookingId) -> Result<Vec<Arc<Envelope>>, Error> {
        let (mut events, mut after) = (Vec::new(), 0);
        loop {
            let subject = Some(subject::booking(id));
            let filter = EventFilter { subject, after: Some(after), ..EventFilter::default() };
            let page = self.store.events(&Scope::system(), &filter, PAGE).await?;
            let full = page.len() == PAGE as usize;
            after = page.last().map_or(after, |last| last.position);
            events.extend(page);
            if !full {
                return Ok(events);
            }
        }
    }
}

fn story(events: &[Arc<Envelope>], retained: bool) -> Result<Option<Booking>, FoldError> {
    if !retained {
        let parts =
            events.iter().map(|event| (&*event.event_type, event.schema_version, &*event.data));
        return fold(parts);
    }
    for event in events.iter().rev() {
        let told = snapshot(&event.event_type, event.schema_version, &event.data)?;
        if told.is_some() {
            return Ok(told);
        }
    }
    Ok(None)
}

/// Each assignment as the newest event about it tells.
fn staff(events: &[Arc<Envelope>]) -> Result<BTreeMap<AssignmentId, Assignment>, ReadError> {
    let mut told = BTreeMap::new();
    for event in events {
        let assignments = assignment::told(&event.event_type, event.schema_version, &event.data)?;
        told.extend(assignments.into_iter().map(|one| (one.id, one)));
    }
    Ok(told)
}

/// What is wrong with the rows of assignments, if anything.
fn odd(
    told: &BTreeMap<AssignmentId, Assignment>,
    rows: Vec<Assignment>,
    retained: bool,
) -> Option<String> {
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    if are_told(told, &rows, retained) {
        return None;
    }
    let differing = told.iter().find_map(|(id, told)| match rows.get(id) {
        Some(row) if row == told => None,
        Some(row) => Some(format!("the row of its assignment {id} {}", difference(row, told))),
        None => Some(format!("its events tell of an assignment {id}, whose row is not there")),
    });
    let untold = rows.keys().find(|id| !told.contains_key(id));
    differing.or_else(|| untold.map(|id| format!("its events tell nothing of its assignment {id}")))
}

/// The fields in which a row differs from what its events tell.
fn difference<T: Serialize>(row: &T, told: &T) -> String {
    let fields = |state: &T| match serde_json::to_value(state) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::default(),
    };
    let (row, told) = (fields(row), fields(told));
    let names = row.keys().chain(told.keys().filter(|name| !row.contains_key(*name)));
    let differing: Vec<&str> =
        names.filter(|name| row.get(*name) != told.get(*name)).map(String::as_str).collect();
    format!("differs from what its events tell in {}", differing.join(", "))
}

/// An error with all that lies under it.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}
