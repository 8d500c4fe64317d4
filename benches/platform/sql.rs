//! A connection to PostgreSQL that one waits for.

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::{Result, failed};

pub(crate) struct Sql {
    client: Client,
    /// The connection is driven while somebody waits for an answer.
    runtime: Runtime,
}

impl Sql {
    pub(crate) fn connect(url: &str) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            Ok::<_, crate::Failure>(client)
        })?;
        Ok(Self { client, runtime })
    }

    /// Statements whose rows are of no interest.
    pub(crate) fn run(&self, sql: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// Rows of texts.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let answers = self.runtime.block_on(self.client.simple_query(sql))?;
        let row = |message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
            }
            _ => None,
        };
        Ok(answers.into_iter().filter_map(row).collect())
    }

    /// The first row; every column has a value.
    pub(crate) fn row(&self, sql: &str) -> Result<Vec<String>> {
        let first = self.rows(sql)?.into_iter().next();
        let values = first.and_then(|row| row.into_iter().collect());
        values.ok_or_else(|| failed(format!("nothing is found by {sql}")))
    }

    pub(crate) fn number(&self, sql: &str) -> Result<i64> {
        Ok(self.row(sql)?.swap_remove(0).parse()?)
    }
}
