//! The roles of the database: who owns it, who serves from it, and whether the second wall binds who serves.

use tokio_postgres::Client;

use super::error::OpenError;
use super::server::Server;

/// What is written by migrations and copies alone; who serves reads it.
const READ_ONLY: &str = "'refinery_schema_history', 'platform', 'copying', 'copied'";

/// Lets a role serve from the database at `url`, and do nothing else with it: read and change rows, now and in the
/// tables of later migrations. Whoever asks owns the tables.
pub async fn grant(url: &str, role: &str) -> Result<(), OpenError> {
    let client = Server::parse(url)?.connect_to_migrate().await?;
    // Names cannot be values of a statement: the server itself puts them together, quoted.
    let sql = format!(
        "SELECT format('GRANT USAGE ON SCHEMA %1$I TO %2$I', current_schema(), $1::text)
         UNION ALL SELECT format('GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I', current_schema(), $1)
         UNION ALL SELECT format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I', current_schema(), $1)
         UNION ALL SELECT format('GRANT INSERT, UPDATE, DELETE ON %1$I.%3$I TO %2$I', schemaname, $1, tablename)
            FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT IN ({READ_ONLY})
         UNION ALL SELECT format('GRANT MAINTAIN ON %1$I.unsequenced TO %2$I', current_schema(), $1)
            WHERE current_setting('server_version_num')::int >= 170000
         UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA %1$I
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %2$I', current_schema(), $1)
         UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA %1$I
            GRANT USAGE ON SEQUENCES TO %2$I', current_schema(), $1)"
    );
    let mut all = Vec::new();
    for row in client.query(&sql, &[&role]).await? {
        all.push(row.try_get::<_, String>(0)?);
    }
    // Sent as one text it is one transaction.
    Ok(client.batch_execute(&all.join("; ")).await?)
}

/// Whether the database keeps rows from this session: not from a superuser, nor from a role with BYPASSRLS.
pub(super) async fn is_bound(client: &Client) -> Result<bool, OpenError> {
    Ok(client.query_one("SELECT row_security_active('bookings')", &[]).await?.try_get(0)?)
}
