//! A connection as queries see it: statements prepared once, and what may be seen said before what is asked.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use crate::postgres::error::StoreError;
use crate::postgres::reach::{Part, SAY, in_a_row};

/// How many prepared statements a connection keeps: more than there are, but for lists whose parts somebody
/// combines in all ways.
const STATEMENTS: usize = 512;

/// A connection as queries see it.
pub(in crate::postgres) struct Db<'c> {
    pub(super) client: &'c ClientWrapper,
    /// What is said before each statement, and held while both are sent; nothing where what was said holds.
    pub(super) said: Option<(&'c Part, &'c std::sync::Mutex<()>)>,
}

/// What stands for `$1`, `$2` … in a statement.
pub(in crate::postgres) type Values<'a> = [&'a (dyn ToSql + Sync)];

impl<'c> Db<'c> {
    /// One on which what holds was said.
    pub(super) fn new(client: &'c ClientWrapper) -> Self {
        Self { client, said: None }
    }

    /// A statement, prepared once for each connection.
    pub(in crate::postgres) async fn prepare(&self, sql: &str) -> Result<Statement, StoreError> {
        if self.client.statement_cache.size() > STATEMENTS {
            self.client.statement_cache.clear();
        }
        Ok(self.client.prepare_cached(sql).await?)
    }

    /// Asks within what this connection may see. What is asked lies apart: it is held in several places on the way.
    async fn ask<T>(
        &self,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StoreError> {
        let Some((part, sending)) = self.said else { return Ok(asked.await?) };
        let say = self.prepare(SAY).await?;
        let (scope, person) = (part.scope(), part.person());
        let values: &Values<'_> = &[&scope, &person, &false];
        let (said, answer) = in_a_row(sending, self.client.execute(&say, values), asked).await;
        said?;
        Ok(answer?)
    }

    /// Says for this transaction what it may see, by a statement that is there: it is sent when this is first polled.
    pub(super) async fn say(&self, say: &Statement, part: &Part) -> Result<(), StoreError> {
        let (scope, person) = (part.scope(), part.person());
        let values: &Values<'_> = &[&scope, &person, &true];
        Ok(self.client.execute(say, values).await.map(drop)?)
    }

    /// Says for the rest of this transaction that it may see everything.
    pub(in crate::postgres) async fn say_everything(
        &self,
        say: &Statement,
    ) -> Result<(), StoreError> {
        Ok(self.client.execute(say, &[&"all", &"", &true]).await.map(drop)?)
    }

    /// All rows.
    pub(in crate::postgres) async fn query(
        &self,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        self.ask(Box::pin(self.client.query(&statement, values))).await
    }

    /// The only row.
    pub(in crate::postgres) async fn one(
        &self,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<Row, StoreError> {
        let statement = self.prepare(sql).await?;
        self.ask(Box::pin(self.client.query_one(&statement, values))).await
    }

    /// The only row, if there is one.
    pub(in crate::postgres) async fn optional(
        &self,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        self.ask(Box::pin(self.client.query_opt(&statement, values))).await
    }

    /// How many rows it changed.
    pub(in crate::postgres) async fn execute(
        &self,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<u64, StoreError> {
        let statement = self.prepare(sql).await?;
        self.ask(Box::pin(self.client.execute(&statement, values))).await
    }

    /// Something that takes no values and gives no rows.
    pub(in crate::postgres) async fn simply(&self, sql: &str) -> Result<(), StoreError> {
        self.ask(Box::pin(self.client.batch_execute(sql))).await
    }
}
