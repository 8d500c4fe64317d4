//! The notifications port: all of it reads.

use async_trait::async_trait;
use rishi_app::notifications::NotificationQueries;
use rishi_app::store::QueryError;
use rishi_domain::id::UserId;
use rishi_domain::user::User;

use super::Sqlite;
use super::read::notifications;

#[async_trait]
impl NotificationQueries for Sqlite {
    async fn recipients(&self, people: &[UserId]) -> Result<Vec<User>, QueryError> {
        Ok(self.readers.point(|db| notifications::recipients(db, people)).await?)
    }
}
