//! The second look at a booking whose row is not what the first pass heard of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rishi_bus::{Envelope, Position};
use rishi_domain::booking::{Booking, FoldError, fold, snapshot};
use rishi_domain::event::ReadError;
use rishi_domain::id::BookingId;
use serde_json::Value;

use super::{AuditError, PAGE, Told, misfit};
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
            let Some(row) =
                self.store.booking_row(&Scope::system(), id).await.map_err(Error::from)?
            else {
                let what = "its events are there, but its row is not".to_owned();
                return Err(misfit(id, position, what));
            };
            match story(&events, retained) {
                Ok(Some(told)) if told == row => return Ok(()),
                Ok(Some(told)) => what = difference(&row, &told),
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
            organization: None,
            statuses: Vec::new(),
            location: None,
            from: None,
            to: None,
            assigned_staff: Vec::new(),
            priority: None,
            operation_type: None,
            search: None,
            sort: Sort { field: SortField::CreatedAt, descending: false },
            window,
            limit,
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

/// The fields in which a row differs from what its events tell.
fn difference(row: &Booking, told: &Booking) -> String {
    let fields = |booking: &Booking| match serde_json::to_value(booking) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::default(),
    };
    let (row, told) = (fields(row), fields(told));
    let names = row.keys().chain(told.keys().filter(|name| !row.contains_key(*name)));
    let differing: Vec<&str> =
        names.filter(|name| row.get(*name) != told.get(*name)).map(String::as_str).collect();
    format!("its row differs from what its events tell in {}", differing.join(", "))
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
