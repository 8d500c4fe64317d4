//! What only the inside of this engine can show; what every engine must do is in `tests/conformance`.

mod anchor;
mod connections;
mod guard;
pub(super) mod plans;
mod queues;

use std::sync::Arc;

use rishi_app::App;
use rishi_app::auth::{Authenticator, Principal};
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};
use rishi_bus::testing::TestClock;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Role;
use rishi_domain::user::CreateUser;
use tempfile::TempDir;

use super::{Sqlite, SqliteOptions};

/// A database in a folder of its own, with the operator's organization.
pub(super) struct House {
    _folder: TempDir,
    pub(super) store: Arc<Sqlite>,
    pub(super) app: App,
    pub(super) organization: OrganizationId,
}

impl House {
    pub(super) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Sqlite::open(SqliteOptions::new(folder.path().join("rishi.db"))).await.unwrap();
        let app = App::new(store.clone(), store.clone(), Arc::new(TestClock::default()));
        let organization = app.ensure_internal_organization("House").await.unwrap().id;
        Self { _folder: folder, store, app, organization }
    }

    /// Somebody with a role in the house.
    pub(super) async fn member(&self, role: Role) -> Arc<Principal> {
        let email = format!("{role}@example.com");
        let user = CreateUser {
            email: email.clone(),
            display_name: role.to_string(),
            locale: None,
            timezone: None,
        };
        let organization = self.organization;
        let new = NewMember { user, organization, role, serves: Vec::new(), entry: Entry::Later };
        self.app.add_user(new).await.unwrap();
        let new = NewToken { email, organization: None, name: "test".to_owned(), days: 1 };
        let (_, secret) = self.app.add_token(new).await.unwrap();
        let authenticator = Authenticator::new(&self.app);
        authenticator.bearer(secret.reveal(), self.app.clock.now()).await.unwrap()
    }
}
