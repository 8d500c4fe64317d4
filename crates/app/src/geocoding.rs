//! Where an address is: asked of a geocoder for each location that has an address and no coordinates.
//!
//! `LOCATION_CREATED` and `LOCATION_UPDATED` lead to it. What was answered goes through the one door like a
//! person's edit, on the version that was read: whoever has changed the location meanwhile has it looked at again,
//! and coordinates that somebody has given stay. What cannot be found is a dead letter, which says so.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rishi_bus::{
    CircuitGate, Effect, EffectOutcome, Envelope, OnDead, Subscription, SubscriptionSpec,
};
use rishi_domain::decision::Refusal;
use rishi_domain::event::{self, LocationCreated, LocationUpdated, Payload};
use rishi_domain::id::LocationId;
use rishi_domain::location::{Address, EditLocation, Given, Location, edit};
use rishi_resilience::Circuit;

use crate::commit::{Change, Expected};
use crate::events::{Cause, Place, subject};
use crate::notifications::mail::outcome;
use crate::scope::Scope;
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/geocoding";

/// A place on the earth, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// Why an address was not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unlocated {
    /// There is no such place, or it is not known well enough.
    #[error("the address {0}")]
    Unknown(&'static str),
    /// It takes an operator to do something about it.
    #[error("{0}")]
    Rejected(String),
    /// It may be found later.
    #[error("{why}")]
    Failed {
        /// What went wrong.
        why: String,
        /// When the other side asks to be left alone for a time.
        after: Option<Duration>,
    },
    /// Nothing was tried: the circuit is open.
    #[error("not tried, since the geocoder is known to be down")]
    Down(Duration),
}

/// Finds addresses.
#[async_trait]
pub trait Geocoder: Send + Sync {
    /// Where an address is, to within a building or a stretch of its street.
    async fn locate(&self, address: &Address) -> Result<Position, Unlocated>;
}

/// How addresses are found, where that is configured.
#[derive(Clone)]
pub struct Geocoding {
    /// Who does it.
    pub geocoder: Arc<dyn Geocoder>,
    /// What knows whether that works at present.
    pub circuit: Arc<Circuit>,
}

/// Its name.
pub(crate) const NAME: &str = "location-geocoding";

struct Locate {
    app: App,
    geocoder: Arc<dyn Geocoder>,
}

/// One question for each address without coordinates. It waits, and spends no attempts, while nobody answers.
pub(crate) fn subscription(app: &App, geocoding: &Geocoding) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new(NAME)
        .on_type(LocationCreated::TYPE)
        .on_type(LocationUpdated::TYPE)
        .on_dead(OnDead::Release);
    let gate = CircuitGate::new(Arc::clone(&geocoding.circuit), Arc::clone(&app.clock));
    let geocoder = Arc::clone(&geocoding.geocoder);
    Subscription::effect(spec, Locate { app: app.clone(), geocoder }).behind(gate)
}

#[async_trait]
impl Effect for Locate {
    async fn run(&self, event: &Envelope, _key: &str) -> EffectOutcome {
        outcome(self.handle(event).await)
    }
}

impl Locate {
    async fn handle(&self, event: &Envelope) -> Result<EffectOutcome, Error> {
        if !concerns(event)? {
            return Ok(EffectOutcome::Done);
        }
        let id = LocationId(event.subject.id());
        let found = self.app.store.location(&Scope::system(), id).await?;
        let Some(location) = found.filter(|found| found.latitude.is_none()) else {
            return Ok(EffectOutcome::Done);
        };
        match self.geocoder.locate(&location.address).await {
            Ok(position) => self.found(event, &location, position).await,
            Err(error @ (Unlocated::Unknown(_) | Unlocated::Rejected(_))) => {
                Ok(EffectOutcome::Reject { reason: error.to_string() })
            }
            Err(Unlocated::Failed { why, after }) => {
                Ok(EffectOutcome::Retry { after, error: why.into() })
            }
            Err(Unlocated::Down(after)) => Ok(EffectOutcome::NotTried { after: Some(after) }),
        }
    }

    async fn found(
        &self,
        event: &Envelope,
        before: &Location,
        position: Position,
    ) -> Result<EffectOutcome, Error> {
        let app = &self.app;
        let owner = match before.organization_id {
            Some(id) => app.store.organization(&Scope::system(), id).await?,
            None => None,
        };
        let now = app.now();
        let given = Given { now, id: before.id, organization: owner.as_ref() };
        let command = EditLocation {
            latitude: Some(Some(position.latitude)),
            longitude: Some(Some(position.longitude)),
            ..EditLocation::default()
        };
        let decision = match edit(&given, before, command) {
            Ok(Some(decision)) => decision,
            Ok(None) => return Ok(EffectOutcome::Done),
            Err(refusal @ (Refusal::OrganizationSuspended | Refusal::Invalid(_))) => {
                return Ok(EffectOutcome::Reject { reason: refusal.to_string() });
            }
            Err(error) => return Err(error.into()),
        };
        let subject = subject::location(before.id);
        let place = Place {
            source: SOURCE,
            subject: subject.clone(),
            organization: before.organization_id,
        };
        let commit = Commit {
            expected: vec![Expected { subject, version: before.version }],
            events: app.tell(&place, &Cause::from(event), now, decision.facts),
            changes: vec![Change::Location(Box::new(decision.state))],
            ..Commit::default()
        };
        match app.run(commit).await {
            Ok(()) => Ok(EffectOutcome::Done),
            Err(error @ Error::VersionConflict { .. }) => {
                Ok(EffectOutcome::Retry { after: Some(Duration::ZERO), error: Box::new(error) })
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether an event may have left an address without coordinates that had some, or another address.
fn concerns(event: &Envelope) -> Result<bool, Error> {
    if *event.event_type != *LocationUpdated::TYPE {
        return Ok(true);
    }
    let updated: LocationUpdated = event::read(event.schema_version, &event.data)
        .map_err(|error| Error::Internal(Box::new(error)))?;
    let decides = ["address", "latitude", "longitude"];
    Ok(updated.changed.iter().any(|field| decides.contains(&field.as_str())))
}
