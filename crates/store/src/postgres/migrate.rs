//! Bringing a database's schema up to date. Only `rishi migrate` does it, and never a process that serves: nodes
//! of one cluster are replaced one after the other, and none of them may change the ground that the others stand on.

use tokio_postgres::Client;

use super::error::OpenError;
use super::server::Server;

mod embedded {
    refinery::embed_migrations!("src/postgres/migrations");
}

/// What every process that migrates takes first, so that they do it one after the other.
pub(super) const ONE_AT_A_TIME: i64 = 0x5249_5348_4900_0001;

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// The steps that were taken now, in order; empty when the schema was up to date.
    pub applied: Vec<String>,
    /// The schema's version afterwards.
    pub version: i64,
}

/// The schema's version that this program knows.
pub(super) fn newest() -> i64 {
    let runner = embedded::migrations::runner();
    runner.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or_default()
}

/// Brings the schema of the database at `url` up to date, in one transaction a step.
pub async fn migrate(url: &str) -> Result<MigrationReport, OpenError> {
    let server = Server::parse(url)?;
    let mut client = server.connect_to_migrate().await?;
    check_version(&client).await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&ONE_AT_A_TIME]).await?;
    refuse_foreign(&client).await?;
    // A newer program has been here: there is nothing to do, if this one may still be used.
    let found = version(&client).await?;
    if found > newest() {
        check_needs(&client).await?;
        return Ok(MigrationReport { applied: Vec::new(), version: found });
    }
    let report = embedded::migrations::runner()
        .run_async(&mut client)
        .await
        .map_err(|error| OpenError::Migration(Box::new(error)))?;
    let applied = report.applied_migrations().iter().map(ToString::to_string).collect();
    Ok(MigrationReport { applied, version: newest() })
}

/// Refuses a server that is too old.
pub(super) async fn check_version(client: &Client) -> Result<(), OpenError> {
    const OLDEST: i32 = 150_000;
    let sql =
        "SELECT current_setting('server_version_num')::int, current_setting('server_version')";
    let row = client.query_one(sql, &[]).await?;
    if row.try_get::<_, i32>(0)? < OLDEST {
        return Err(OpenError::Version(row.try_get(1)?));
    }
    Ok(())
}

/// Refuses a database with tables that no migration of this platform has made.
async fn refuse_foreign(client: &Client) -> Result<(), OpenError> {
    let sql =
        "SELECT count(*) > 0 AND count(*) FILTER (WHERE tablename = 'refinery_schema_history') = 0
                 FROM pg_tables WHERE schemaname = current_schema()";
    if client.query_one(sql, &[]).await?.try_get(0)? {
        return Err(OpenError::Foreign);
    }
    Ok(())
}

/// Refuses a schema that is older than this program, or that this program is too old for. A newer one is served
/// otherwise: during a rolling upgrade the schema is ahead of the nodes that are still to be replaced.
pub(super) async fn check_schema(client: &Client) -> Result<(), OpenError> {
    let (found, needed) = (version(client).await?, newest());
    if found < needed {
        return Err(OpenError::Behind { found, needed });
    }
    check_needs(client).await
}

/// Refuses a database that asks for a newer program.
async fn check_needs(client: &Client) -> Result<(), OpenError> {
    let row = client.query_one("SELECT needs FROM platform WHERE one = 1", &[]).await?;
    let (needs, knows) = (row.try_get(0)?, newest());
    if needs > knows { Err(OpenError::TooNew { needs, knows }) } else { Ok(()) }
}

/// Refuses a database into which a copy was begun and not finished.
pub(super) async fn check_whole(client: &Client) -> Result<(), OpenError> {
    let row = client.query_opt("SELECT source FROM copying WHERE one = 1", &[]).await?;
    match row {
        Some(row) => Err(OpenError::HalfCopied(row.try_get(0)?)),
        None => Ok(()),
    }
}

/// The version of the database's schema; 0 for one that has none.
async fn version(client: &Client) -> Result<i64, OpenError> {
    let sql = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(sql, &[]).await?.try_get(0)? {
        return Ok(0);
    }
    let sql = "SELECT coalesce(max(version), 0)::bigint FROM refinery_schema_history";
    Ok(client.query_one(sql, &[]).await?.try_get(0)?)
}
