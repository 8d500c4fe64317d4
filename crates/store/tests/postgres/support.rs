//! A database with the operator's organization.

use std::sync::Arc;

use rishi_app::commit::Change;
use rishi_app::events::subject;
use rishi_app::{App, Commit};
use rishi_bus::testing::TestClock;
use rishi_bus::{Envelope, Ledger as _, NewEvent};
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_store::postgres::{Postgres, PostgresOptions};
use serde_json::value::RawValue;

use crate::database::Database;

pub(crate) struct House {
    pub(crate) database: Database,
    pub(crate) store: Arc<Postgres>,
    pub(crate) app: App,
    pub(crate) operator: Organization,
}

impl House {
    pub(crate) async fn new() -> Self {
        let database = Database::fresh().await;
        let store = Postgres::open(PostgresOptions::new(database.url())).await.unwrap();
        let app = App::new(store.clone(), store.clone(), Arc::new(TestClock::default()));
        let operator = app.ensure_internal_organization("House").await.unwrap();
        Self { database, store, app, operator }
    }

    /// A further process on the same database.
    pub(crate) async fn beside(&self) -> Arc<Postgres> {
        Postgres::open(PostgresOptions::new(self.database.url())).await.unwrap()
    }

    /// A commit of a further organization, with its event.
    pub(crate) fn organization(&self) -> (Organization, Commit) {
        let row = Organization {
            id: self.app.ids.next(),
            kind: OrganizationKind::Client,
            ..self.operator.clone()
        };
        let data = RawValue::from_string("{}".to_owned()).unwrap();
        let (about, now) = (subject::organization(row.id), self.app.clock.now());
        let event =
            NewEvent::new(self.app.ids.next(), "ORGANIZATION_CREATED", "test", about, now, data);
        let changes = vec![Change::Organization(Box::new(row.clone()))];
        (row, Commit { changes, events: vec![event], ..Commit::default() })
    }

    /// The whole log as the database has it.
    pub(crate) async fn log(&self) -> Vec<Arc<Envelope>> {
        self.store.refresh_head().await.unwrap();
        self.store.read(0, 100_000).await.unwrap()
    }
}
