//! A file in a folder of its own, with somebody who sees everything.

use std::path::PathBuf;
use std::sync::Arc;

use rishi_app::auth::Authenticator;
use rishi_app::commit::Change;
use rishi_app::events::subject;
use rishi_app::ids::Ids;
use rishi_app::scope::Scope;
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};
use rishi_app::{App, Commit};
use rishi_bus::testing::TestClock;
use rishi_bus::{Envelope, NewEvent};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::notification::Notification;
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::user::CreateUser;
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use serde_json::value::RawValue;
use tempfile::TempDir;

pub(crate) struct File {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) app: App,
    pub(crate) house: Organization,
    pub(crate) all: Scope,
}

impl File {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("rishi.db");
        let store = Sqlite::open(SqliteOptions::new(path)).await.unwrap();
        let app = App::new(store.clone(), store.clone(), Arc::new(TestClock::default()));
        let house = app.ensure_internal_organization("House").await.unwrap();
        let email = "root@example.com".to_owned();
        let user = CreateUser {
            email: email.clone(),
            display_name: "Root".to_owned(),
            locale: None,
            timezone: None,
        };
        let new = NewMember {
            user,
            organization: house.id,
            role: Role::SuperAdmin,
            serves: Vec::new(),
            entry: Entry::Later,
        };
        app.add_user(new).await.unwrap();
        let new = NewToken { email, organization: None, name: "test".to_owned(), days: 1 };
        let (_, secret) = app.add_token(new).await.unwrap();
        let authenticator = Authenticator::new(&app);
        let root = authenticator.bearer(secret.reveal(), app.clock.now()).await.unwrap();
        let all = root.scope(Capability::ReadOrganizations);
        Self { folder, store, app, house, all }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A commit of a further organization, with its event.
    pub(crate) fn organization(&self) -> Commit {
        let row = Organization {
            id: self.app.ids.next(),
            kind: OrganizationKind::Client,
            ..self.house.clone()
        };
        let data = RawValue::from_string(format!("{{\"x\":\"{}\"}}", "x".repeat(1_000))).unwrap();
        let (about, now) = (subject::organization(row.id), self.app.clock.now());
        let event =
            NewEvent::new(self.app.ids.next(), "ORGANIZATION_CREATED", "test", about, now, data);
        let changes = vec![Change::Organization(Box::new(row))];
        Commit { changes, events: vec![event], ..Commit::default() }
    }
}

/// A row that tells who handled which event.
pub(crate) fn note(
    name: &str,
    event: &Envelope,
    ids: &Ids,
    user_id: UserId,
    organization_id: OrganizationId,
) -> Change {
    Change::Notification(Box::new(Notification {
        id: ids.next(),
        user_id,
        organization_id,
        kind: name.to_owned(),
        title: event.position.to_string(),
        message: event.subject.to_string(),
        related_entity_type: "trial".to_owned(),
        related_entity_id: event.id,
        read_at: None,
        created_at: event.timestamp,
    }))
}
