//! Judges what others publish, and takes it into the log, each once.
//!
//! An event of others belongs to the organization that it was published under, has a type that begins with `EXTERNAL_`, and
//! is about a thing of its own (`external/<id>`, the id made of organization, source and subject), so that it is never taken for
//! an event of the platform and never stands in the order of one. What its publisher called it is kept in its metadata.
//!
//! Source and id make it one: the row that says so and the event are one commit.

use async_trait::async_trait;
use rishi_bus::relay::{Ingress, Message, NotTaken, Taken};
use rishi_bus::{NewEvent, Subject};
use rishi_domain::id::OrganizationId;
use rishi_domain::organization::OrganizationStatus;
use serde_json::json;
use serde_json::value::to_raw_value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::foreign::{Foreign, refused};
use super::port::{Received, TransportChange};
use crate::commit::{Change, CommitError};
use crate::scope::Scope;
use crate::{App, Commit};

/// The kind of thing that events of others are about.
const KIND: &str = "external";

/// The way into the log for events of others.
pub struct Gate(App);

impl Gate {
    /// Into the log of a platform.
    pub fn new(app: App) -> Self {
        Self(app)
    }

    /// Refuses an organization that is not there or is suspended.
    async fn open_to(&self, id: OrganizationId) -> Result<(), NotTaken> {
        let found = self.0.store.organization(&Scope::system(), id).await;
        let found = found.map_err(|error| NotTaken::Later(error.to_string()))?;
        match found {
            Some(organization) if organization.status == OrganizationStatus::Active => Ok(()),
            Some(_) => Err(refused("organization", "the organization is suspended")),
            None => Err(refused("organization", "there is no such organization")),
        }
    }
}

#[async_trait]
impl Ingress for Gate {
    async fn take(&self, message: Message) -> Result<Taken, NotTaken> {
        let mut foreign = Foreign::read(&message.body)?;
        let data = foreign.judged(message.organization, &message.event_type)?;
        let organization = OrganizationId(message.organization);
        self.open_to(organization).await?;
        let now = self.0.now();
        let subject = subject(message.organization, &foreign);
        let origin = json!({ "ingress": {
            "id": foreign.id, "source": foreign.source, "subject": foreign.subject, "time": foreign.time,
        }});
        let origin = to_raw_value(&origin).map_err(|error| refused("format", error.to_string()))?;
        let source = format!("{KIND}/{}", foreign.source);
        let id: Uuid = self.0.ids.next();
        let event = NewEvent::new(id, foreign.event_type, source, subject.clone(), now, data)
            .with_organization(message.organization)
            .with_correlation(foreign.correlationid)
            .with_schema_version(foreign.schemaversion.unwrap_or(1))
            .with_traceparent(foreign.traceparent)
            .with_metadata(origin);
        event.check().map_err(|error| refused("format", error.to_string()))?;
        let (source, foreign_id) = (foreign.source, foreign.id);
        let received =
            Received { organization, source, id: foreign_id, event: id, subject, at: now };
        let commit = Commit {
            events: vec![event],
            changes: vec![Change::Transport(TransportChange::Received(Box::new(received)))],
            ..Commit::default()
        };
        match self.0.store.commit(commit).await {
            Ok(_) => Ok(Taken::Fresh),
            Err(CommitError::Duplicate(_)) => Ok(Taken::Known),
            Err(CommitError::UnknownReference(_)) => {
                Err(refused("organization", "there is no such organization"))
            }
            Err(CommitError::Malformed(why)) => Err(refused("format", why)),
            Err(error) => Err(NotTaken::Later(error.to_string())),
        }
    }
}

/// What an event of others is about: the same for the same subject of the same source.
fn subject(organization: Uuid, foreign: &Foreign) -> Subject {
    let mut digest = Sha256::new();
    digest.update(organization.as_bytes());
    for text in [Some(&foreign.source), foreign.subject.as_ref()].into_iter().flatten() {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Subject::new(KIND, uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
