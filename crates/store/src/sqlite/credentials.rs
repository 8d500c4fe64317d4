//! The port to what people and programs sign in with.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::credentials::{
    Account, Credentials, Identity, Link, Session, SessionKey, SessionRecord, Token, TokenFilter,
    TokenRecord,
};
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_domain::id::{TokenId, UserId};

use super::Sqlite;
use super::read::access;

#[async_trait]
impl Credentials for Sqlite {
    async fn token(&self, digest: &[u8; 32]) -> Result<Option<TokenRecord>, QueryError> {
        Ok(self.readers.vital(|db| access::token(db, digest)).await?)
    }

    async fn session(&self, key: SessionKey) -> Result<Option<SessionRecord>, QueryError> {
        Ok(self.readers.vital(|db| access::session(db, key)).await?)
    }

    async fn sessions(
        &self,
        user: UserId,
        now: Timestamp,
        seen_after: Timestamp,
        paging: Paging,
    ) -> Result<Listed<Session>, QueryError> {
        let query = |db: &_| access::sessions(db, user, now, seen_after, paging);
        Ok(self.readers.vital(query).await?)
    }

    async fn account(&self, email: &str) -> Result<Option<Account>, QueryError> {
        Ok(self.readers.vital(|db| access::account(db, email)).await?)
    }

    async fn account_of(&self, identity: &Identity) -> Result<Option<Account>, QueryError> {
        Ok(self.readers.vital(|db| access::account_of_identity(db, identity)).await?)
    }

    async fn is_linked(&self, user: UserId, issuer: &str) -> Result<bool, QueryError> {
        Ok(self.readers.vital(|db| access::is_linked(db, user, issuer)).await?)
    }

    async fn link(&self, digest: &[u8; 32]) -> Result<Option<(Link, Account)>, QueryError> {
        Ok(self.readers.vital(|db| access::link(db, digest)).await?)
    }

    async fn token_of(&self, id: TokenId) -> Result<Option<Token>, QueryError> {
        Ok(self.readers.vital(|db| access::token_of(db, id)).await?)
    }

    async fn tokens(
        &self,
        filter: &TokenFilter,
        paging: Paging,
    ) -> Result<Listed<Token>, QueryError> {
        Ok(self.readers.vital(|db| access::tokens(db, filter, paging)).await?)
    }
}
