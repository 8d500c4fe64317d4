//! The bookings held against the log: each row must be what its events tell, and so must those of its assignments,
//! which are a part of it.
//!
//! One pass over the log keeps of each booking its version and a digest of what the newest event
//! says; then every row is read and compared. Whatever does not fit is looked at a second time, with
//! a fold over the events of that booking alone, since a server may go on writing beside.
//!
//! Guarantee: a row that was changed, added or removed past the door is found, unless its events are
//! no longer (or not yet) readable; how many could not be checked is said.

use std::collections::BTreeMap;

use rishi_bus::{Envelope, Position, Subject};
use rishi_domain::assignment::{self, Assignment};
use rishi_domain::booking::{Booking, snapshot};
use rishi_domain::event::{BookingCreated, Payload, ReadError};
use rishi_domain::id::{AssignmentId, BookingId};
use serde::Serialize;
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
    /// The assignments on them, which are too.
    pub assignments: u64,
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
/// What the newest event of each assignment says.
type Staff = BTreeMap<AssignmentId, Digest32>;

/// What the log tells of a booking.
enum Told {
    /// It is at this version, and this is its digest.
    Is { version: u64, digest: Digest32, staff: Staff, position: Position },
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
            let Told::Is { digest: expected, staff, position, .. } = told else {
                audited.unchecked += 1;
                continue;
            };
            let found = self.rows_of(id).await?;
            let found = found.map(|(booking, staff)| (digest(&booking), digests(&staff)));
            let fits = found
                .is_some_and(|(row, rows)| row == expected && are_told(&staff, &rows, anchor > 0));
            if !fits {
                self.look_again(id, position, anchor > 0).await?;
            }
            audited.bookings += 1;
            audited.assignments += staff.len() as u64;
            progress(audited.bookings, total);
        }
        Ok(audited)
    }

    /// A booking's row, and those of its assignments.
    async fn rows_of(&self, id: BookingId) -> Result<Option<(Booking, Vec<Assignment>)>, Error> {
        let Some(record) = self.store.booking(&Scope::system(), id).await? else { return Ok(None) };
        let mut staff = Vec::with_capacity(record.staff.len());
        for brief in &record.staff {
            staff.extend(self.store.assignment(id, brief.id).await?);
        }
        Ok(Some((record.booking, staff)))
    }
}

/// Whether each that is told of has such a row, and each row is told of. Of what retention left, some may not be.
fn are_told<T: PartialEq>(
    told: &BTreeMap<AssignmentId, T>,
    rows: &BTreeMap<AssignmentId, T>,
    retained: bool,
) -> bool {
    told.iter().all(|(id, one)| rows.get(id) == Some(one)) && (retained || rows.len() == told.len())
}

fn digests(staff: &[Assignment]) -> Staff {
    staff.iter().map(|one| (one.id, digest(one))).collect()
}

/// Takes in one event of a booking.
fn hear(
    told: &mut BTreeMap<BookingId, Told>,
    event: &Envelope,
    anchor: Position,
) -> Result<(), AuditError> {
    let id = BookingId(event.subject.id());
    let (kind, version, data) = (&event.event_type, event.schema_version, &event.data);
    let heard = snapshot(kind, version, data);
    let heard = heard.and_then(|booking| Ok((booking, assignment::told(kind, version, data)?)));
    let (booking, assignments) = match heard {
        Ok((None, _)) => return Ok(()),
        Ok((Some(booking), assignments)) => (booking, assignments),
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
    let mut staff = match told.remove(&id) {
        Some(Told::Is { staff, .. }) => staff,
        Some(Told::Unknown) | None => Staff::new(),
    };
    staff.extend(digests(&assignments));
    told.insert(id, Told::Is { version, digest: digest(&booking), staff, position });
    Ok(())
}

fn misfit(id: BookingId, position: Position, what: String) -> AuditError {
    let position = Some(position);
    AuditError::Misfit(Box::new(Misfit { subject: subject::booking(id), position, what }))
}

fn digest(state: &impl Serialize) -> Digest32 {
    // Every booking and assignment was read from JSON or a row, so it can be written.
    Sha256::digest(serde_json::to_vec(state).unwrap_or_default()).into()
}
