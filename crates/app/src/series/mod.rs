//! Series of bookings: one file per use case, named by its verb; [`SeriesQueries`] is what they ask of an
//! engine.
//!
//! Who may do something with a series is who may do it with each of the bookings that it reaches.

use jiff::Timestamp;
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::decision::Decision;
use rishi_domain::id::{BookingId, BookingSeriesId};
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;
use rishi_domain::series::{BookingSeries, Revised};
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::{Caller, Principal};
use crate::bookings::BookingRecord;
use crate::bookings::load::expected;
use crate::commit::{Change, Expected, Slot};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

mod cancel;
mod create;
mod edit;
mod port;
mod read;

pub use edit::Part;
pub use port::{SeriesQueries, SeriesRecord};

const SOURCE: &str = "rishi/series";
/// How often a decision is made anew when a booking changed meanwhile.
const TRIES: usize = 8;

/// An occurrence as shown beside its series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OccurrenceView {
    /// Its booking.
    pub booking_id: BookingId,
    /// Which occurrence, from 1.
    pub number: u32,
    /// First instant.
    pub scheduled_start: Timestamp,
    /// First instant after.
    pub scheduled_end: Timestamp,
    /// Where in its life it stands.
    pub status: BookingStatus,
    /// The fields that were changed in it alone.
    pub changed: Vec<String>,
    /// The booking's version.
    pub version: u64,
}

/// A series as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesView {
    /// The series.
    #[serde(flatten)]
    pub series: BookingSeries,
    /// Its bookings that the caller may see, by number.
    pub booking_ids: Vec<BookingId>,
    /// What they are.
    pub occurrences: Vec<OccurrenceView>,
}

impl SeriesView {
    fn new<'a>(series: BookingSeries, bookings: impl IntoIterator<Item = &'a Booking>) -> Self {
        let of = |booking: &Booking| {
            let place = booking.series.clone().filter(|place| place.id == series.id)?;
            Some(OccurrenceView {
                booking_id: booking.id,
                number: place.number,
                scheduled_start: booking.scheduled_start,
                scheduled_end: booking.scheduled_end,
                status: booking.status,
                changed: place.changed,
                version: booking.version,
            })
        };
        let mut occurrences: Vec<_> = bookings.into_iter().filter_map(of).collect();
        occurrences.sort_by_key(|one| one.number);
        let booking_ids = occurrences.iter().map(|one| one.booking_id).collect();
        Self { series, booking_ids, occurrences }
    }

    /// After a change: the series that it was about, which comes last.
    fn after(record: &SeriesRecord, revised: &Revised) -> Self {
        let series = revised.series.last().map_or(&record.series, |one| &one.state);
        let changed = |id| revised.bookings.iter().find(|one| one.state.id == id);
        let now = record
            .bookings
            .iter()
            .map(|one| changed(one.booking.id).map_or(&one.booking, |decision| &decision.state));
        Self::new(series.clone(), now)
    }
}

impl App {
    /// A series with all of its bookings, and its organization; 404 unless the caller sees some of it.
    async fn visible_series(
        &self,
        principal: &Principal,
        id: BookingSeriesId,
    ) -> Result<(SeriesRecord, Organization), Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let missing = || Error::NotFound("series");
        self.store.series(&scope, id).await?.ok_or_else(missing)?;
        let record = self.store.series(&Scope::system(), id).await?.ok_or_else(missing)?;
        let organization =
            self.store.organization(&Scope::system(), record.series.organization_id).await?;
        Ok((record, organization.ok_or(Error::NotFound("organization"))?))
    }

    /// The commit of a change, still without guards.
    fn put_series(
        &self,
        caller: &Caller,
        record: Option<&SeriesRecord>,
        revised: Revised,
    ) -> Commit {
        let mut commit = Commit::default();
        let now = self.now();
        for Decision { state, facts } in revised.series {
            let place = Place {
                source: SOURCE,
                subject: subject::series(state.id),
                organization: Some(state.organization_id),
            };
            commit.events.extend(self.tell(&place, &Cause::from(caller), now, facts));
            if state.version > 1 {
                let subject = subject::series(state.id);
                commit.expected.push(Expected { subject, version: state.version - 1 });
            }
            commit.changes.push(Change::BookingSeries(Box::new(state)));
        }
        for Decision { state, facts } in revised.bookings {
            let place = Place {
                source: SOURCE,
                subject: subject::booking(state.id),
                organization: Some(state.organization_id),
            };
            commit.events.extend(self.tell(&place, &Cause::from(caller), now, facts));
            let before = record.and_then(|record| before(record, state.id));
            commit.expected.extend(before.map(|before| expected(&before.booking)));
            commit.changes.push(Change::Booking(Box::new(state)));
        }
        commit
    }
}

/// A booking as it was.
fn before(record: &SeriesRecord, id: BookingId) -> Option<&BookingRecord> {
    record.bookings.iter().find(|one| one.booking.id == id)
}

/// What a booking of a series needs.
fn slot(booking: &Booking, before: Option<&BookingRecord>) -> Slot {
    let live = before.into_iter().flat_map(|one| &one.staff).filter(|one| one.status.is_live());
    Slot {
        booking: booking.id,
        number: booking.series.as_ref().map_or(0, |place| place.number),
        range: booking.range(),
        location: booking.location_id,
        staff: live.map(|one| one.staff.id).collect(),
    }
}
