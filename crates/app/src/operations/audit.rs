//! The bookings held against the log: each row must be what its events tell.
//!
//! One pass over the log keeps of each booking its version and a digest of what the newest event
//! says; then every row is read and compared. Whatever does not fit is looked at a second time, with
//! a fold over the events of that booking alone, since a server may go on writing beside.
//!
//! Guarantee: a row that was changed, added or removed past the door is found, unless its events are
//! no longer (or not yet) readable; how many could not be checked is said.

use std::collections::BTreeMap;

use rishi_bus::{Envelope, Position, Subject};
use rishi_domain::booking::{Booking, snapshot};
use rishi_domain::event::{BookingCreated, Payload, ReadError};
use rishi_domain::id::BookingId;
use sha2::{Digest, Sha256};

use crate::events::subject;
use crate::scope::Scope;
use crate::{App, Error};

mod look;

use look::chain;

/// Events read at once.
const PAGE: u32 = 512;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject}: {what}")]
pub struct Misfit {
    /// Which entity.
    pub subject: Subject,
    /// Its event that tells otherwise, or its newest.
    pub position: Option<Position>,
    /// What is wrong.
    pub what: String,
}

/// What was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audited {
    /// Bookings that are what their events tell.
    pub bookings: u64,
    /// Bookings whose events are of a newer version, or were removed by retention.
    pub unchecked: u64,
}

/// Why the comparison did not end well.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A row does not fit.
    #[error(transparent)]
    Misfit(Box<Misfit>),
    /// It could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
}

type Digest32 = [u8; 32];

/// What the log tells of a booking.
enum Told {
    /// It is at this version, and this is its digest.
    Is { version: u64, digest: Digest32, position: Position },
    /// An event that this program is too old for.
    Unknown,
}

impl App {
    /// Compares every booking with its events. `progress` is told how many were compared, and of how
    /// many.
    pub async fn audit(
        &self,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Audited, AuditError> {
        let rows = self.count_bookings().await?;
        let mut told = BTreeMap::new();
        let anchor = self.desk.anchor().await.map_err(Error::from)?.position;
        let mut after = anchor;
        loop {
            let page = self.desk.chain(after, PAGE as usize).await.map_err(Error::from)?;
            let Some((last, _)) = page.last() else { break };
            after = last.position;
            for (event, _) in page.iter().filter(|(event, _)| event.subject.kind() == "booking") {
                hear(&mut told, event, anchor)?;
            }
        }
        let total = told.len() as u64;
        if total < rows && anchor == 0 {
            self.find_untold(&told).await?;
        }
        let mut audited = Audited { unchecked: rows.saturating_sub(total), ..Audited::default() };
        for (id, told) in told {
            let Told::Is { digest: expected, position, .. } = told else {
                audited.unchecked += 1;
                continue;
            };
            let row = self.store.booking_row(&Scope::system(), id).await.map_err(Error::from)?;
            if row.as_ref().map(digest) != Some(expected) {
                self.look_again(id, position, anchor > 0).await?;
            }
            audited.bookings += 1;
            progress(audited.bookings, total);
        }
        Ok(audited)
    }
}

/// Takes in one event of a booking.
fn hear(
    told: &mut BTreeMap<BookingId, Told>,
    event: &Envelope,
    anchor: Position,
) -> Result<(), AuditError> {
    let id = BookingId(event.subject.id());
    let booking = match snapshot(&event.event_type, event.schema_version, &event.data) {
        Ok(None) => return Ok(()),
        Ok(Some(booking)) => booking,
        Err(ReadError::UnknownVersion { .. }) => {
            told.insert(id, Told::Unknown);
            return Ok(());
        }
        Err(error) => return Err(misfit(id, event.position, chain(&error))),
    };
    let created = &*event.event_type == BookingCreated::TYPE;
    let fits = match told.get(&id) {
        Some(Told::Unknown) => true,
        Some(Told::Is { version, .. }) => booking.version == version + 1 && !created,
        None if created => booking.version == 1,
        // Its beginning may have been removed.
        None => anchor > 0,
    };
    if booking.id != id || !fits {
        let what = format!("{} tells of version {}", event.event_type, booking.version);
        return Err(misfit(id, event.position, what + ", which does not follow"));
    }
    let (version, position) = (booking.version, event.position);
    told.insert(id, Told::Is { version, digest: digest(&booking), position });
    Ok(())
}

fn misfit(id: BookingId, position: Position, what: String) -> AuditError {
    let position = Some(position);
    AuditError::Misfit(Box::new(Misfit { subject: subject::booking(id), position, what }))
}

fn digest(booking: &Booking) -> Digest32 {
    // Every booking was read from JSON or a row, so it can be written.
    Sha256::digest(serde_json::to_vec(booking).unwrap_or_default()).into()
}
