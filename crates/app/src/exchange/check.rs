//! Whether rows can be taken: everything that making a booking would refuse, told row by row and before
//! anything is written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rishi_domain::booking::Booking;
use rishi_domain::booking::create::{Given, create};
use rishi_domain::decision::Decision;
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::organization::Organization;

use super::row::{Candidate, RowError, command};
use super::table::Cells;
use crate::auth::Principal;
use crate::commit::{Slot, TakenSlot};
use crate::{App, Error};

/// For whom and where something is to be booked, or why it is not.
type Place = Result<(Organization, Option<Location>), (&'static str, &'static str, String)>;

/// A row that can be taken, as far as is known without looking at what is booked already.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) row: u64,
    pub(super) decision: Decision<Booking>,
    pub(super) place: (Organization, Option<Location>),
}

impl Decided {
    pub(super) fn slot(&self) -> Slot {
        let booking = &self.decision.state;
        Slot {
            booking: booking.id,
            number: u32::try_from(self.row).unwrap_or(u32::MAX),
            range: booking.range(),
            location: booking.location_id,
            staff: Vec::new(),
        }
    }
}

/// Rows on their way in, on somebody's behalf. It remembers what one row has to know of those before it.
pub struct Import {
    app: App,
    principal: Arc<Principal>,
    organization: OrganizationId,
    places: HashMap<(OrganizationId, Option<LocationId>), Place>,
    /// Which times of a location rows before have taken: by start, the end and the row.
    taken: HashMap<LocationId, BTreeMap<Timestamp, (Timestamp, u64)>>,
}

impl Import {
    /// Of rows that are for `organization` unless they name another, if the person may book for it.
    pub async fn begin(
        app: &App,
        principal: Arc<Principal>,
        organization: OrganizationId,
    ) -> Result<Self, Error> {
        app.to_book(&principal, organization, None).await?;
        let (places, taken) = (HashMap::new(), HashMap::new());
        Ok(Self { app: app.clone(), principal, organization, places, taken })
    }

    pub(super) fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// What a row asks for.
    pub fn read(&self, cells: &Cells) -> Result<Candidate, Vec<RowError>> {
        command(cells, self.organization)
    }

    /// What is wrong with rows, in the light of all that were looked at before. Nothing is changed.
    pub async fn check(&mut self, candidates: &[Candidate]) -> Result<Vec<RowError>, Error> {
        let (_, errors) = self.decide(candidates).await?;
        Ok(errors)
    }

    /// The bookings that rows become, and what is wrong with the others.
    pub(super) async fn decide(
        &mut self,
        candidates: &[Candidate],
    ) -> Result<(Vec<Decided>, Vec<RowError>), Error> {
        let (mut all, mut errors) = (Vec::new(), Vec::new());
        for candidate in candidates {
            match self.decide_one(candidate).await? {
                Ok(decided) => all.push(decided),
                Err(wrong) => errors.extend(wrong),
            }
        }
        let slots = all.iter().map(Decided::slot).collect();
        let taken = self.app.store.taken(slots).await?;
        let refused: HashSet<u64> = taken.iter().map(|slot| u64::from(slot.number)).collect();
        errors.extend(taken.iter().map(is_taken));
        // A row that cannot be taken is in nobody's way.
        let others = all.iter().filter(|one| !refused.contains(&one.row));
        errors.extend(others.filter_map(|one| self.overlaps(one)));
        errors.sort_by_key(|error| error.row);
        Ok((all, errors))
    }

    async fn decide_one(
        &mut self,
        candidate: &Candidate,
    ) -> Result<Result<Decided, Vec<RowError>>, Error> {
        let Candidate { row, command } = candidate;
        let place = match self.place(command.organization_id, command.location_id).await? {
            Ok(place) => place,
            Err((column, code, message)) => {
                return Ok(Err(vec![RowError::new(*row, column, code, message)]));
            }
        };
        let given = Given {
            now: self.app.now(),
            actor: self.principal.user_id(),
            id: self.app.ids.next(),
            organization: &place.0,
            location: place.1.as_ref(),
        };
        match create(&given, command.clone()) {
            Ok(decision) => Ok(Ok(Decided { row: *row, decision, place })),
            Err(error) => refused(*row, error.into()).map(Err),
        }
    }

    /// For whom and where; asked once for each.
    async fn place(
        &mut self,
        organization: OrganizationId,
        location: Option<LocationId>,
    ) -> Result<Place, Error> {
        if let Some(known) = self.places.get(&(organization, location)) {
            return Ok(known.clone());
        }
        let place = match self.app.to_book(&self.principal, organization, location).await {
            Ok(place) => Ok(place),
            Err(error) => {
                let mut errors = refused(0, error)?.into_iter();
                // Every refusal is of one field.
                let first = errors.next().ok_or(Error::NotFound("organization"))?;
                let column =
                    if first.column == "locationId" { "locationId" } else { "organizationId" };
                Err((column, first.code, first.message))
            }
        };
        self.places.insert((organization, location), place.clone());
        Ok(place)
    }

    /// Whether a row before has taken the place; else this one has now.
    fn overlaps(&mut self, one: &Decided) -> Option<RowError> {
        let booking = &one.decision.state;
        let times = self.taken.entry(booking.location_id?).or_default();
        let before = times.range(..booking.scheduled_end).next_back();
        if let Some((_, (end, row))) = before
            && *end > booking.scheduled_start
        {
            let message = format!("row {row} has the location in this time");
            return Some(RowError::new(one.row, "locationId", "location_conflict", message));
        }
        times.insert(booking.scheduled_start, (booking.scheduled_end, one.row));
        None
    }
}

/// Another booking has the place.
fn is_taken(slot: &TakenSlot) -> RowError {
    // Which booking that is, and whose, is not told: a row is not a question about others.
    let busy =
        slot.conflicts.first().map(|one| format!(" from {} to {}", one.range.start, one.range.end));
    let message = format!("the location is booked already{}", busy.unwrap_or_default());
    RowError::new(u64::from(slot.number), "locationId", "location_conflict", message)
}

/// A use case's refusal as errors of a row; what is no refusal stays an error of the whole.
pub(super) fn refused(row: u64, error: Error) -> Result<Vec<RowError>, Error> {
    let message = error.to_string();
    let of_organization =
        |code| Ok(vec![RowError::new(row, "organizationId", code, message.clone())]);
    match error {
        Error::Invalid(invalid) => {
            Ok(invalid.0.into_iter().map(|field| RowError::of(row, field)).collect())
        }
        Error::UnknownReference(field) => Ok(vec![RowError::of(row, field)]),
        Error::NotFound(_) => of_organization("not_found"),
        Error::Forbidden(_) => of_organization("forbidden"),
        Error::OrganizationSuspended => of_organization("organization_suspended"),
        Error::LocationConflict(busy) => {
            let busy =
                busy.first().map(|one| format!(" from {} to {}", one.range.start, one.range.end));
            let message = format!("the location is booked already{}", busy.unwrap_or_default());
            Ok(vec![RowError::new(row, "locationId", "location_conflict", message)])
        }
        other => Err(other),
    }
}
