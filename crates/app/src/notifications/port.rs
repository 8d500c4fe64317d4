//! What notifications ask of an engine.

use async_trait::async_trait;
use rishi_domain::id::UserId;
use rishi_domain::user::User;

use crate::store::QueryError;

/// Queries about whom to tell what, and what they were told.
#[async_trait]
pub trait NotificationQueries: Send + Sync {
    /// Those of these people who are active, whoever asks.
    async fn recipients(&self, people: &[UserId]) -> Result<Vec<User>, QueryError>;
}
