//! Leases: each step is one statement, so a process that stands still in the middle holds nobody up.
//!
//! They are asked for past the circuit: a node that can reach the database at all is to be seen there.

use std::time::Duration;

use async_trait::async_trait;
use rishi_bus::LedgerError;
use rishi_bus::lease::{Cluster, Held, LeaseStanding, Leases, Node, NodeStanding, of_subscription};
use tokio_postgres::Row;
use uuid::Uuid;

use super::Postgres;
use super::columns::{Unreadable, get, in_table, instant, number, stored};
use super::connection::Db;
use super::error::StoreError;

/// How long a node that is gone is remembered, in microseconds: an hour.
const REMEMBERED: i64 = 3_600_000_000;

#[async_trait]
impl Leases for Postgres {
    async fn beat(
        &self,
        node: &Node,
        units: &[String],
        held: &[Held],
        term: Duration,
    ) -> Result<(Vec<String>, Cluster), LedgerError> {
        let beaten = async |db: &Db<'_>| {
            show(db, node, units).await?;
            let renewed = renew(db, node.id, held, term).await?;
            Ok((renewed, seen(db).await?))
        };
        Ok(self.pool.probe(beaten).await?)
    }

    async fn claim(
        &self,
        node: Uuid,
        unit: &str,
        term: Duration,
    ) -> Result<Option<u64>, LedgerError> {
        // It may wait for a settlement under way, and must not keep others waiting meanwhile.
        Ok(self.pool.alone(async |db| claim(db, node, unit, term).await).await?)
    }

    async fn release(&self, node: Uuid, held: &[Held]) -> Result<(), LedgerError> {
        Ok(self.pool.probe(async |db| release(db, node, held).await).await?)
    }

    async fn leave(&self, node: Uuid) -> Result<(), LedgerError> {
        Ok(self.pool.probe(async |db| leave(db, node).await).await?)
    }

    async fn cluster(&self) -> Result<Cluster, LedgerError> {
        Ok(self.pool.probe(seen).await?)
    }
}

async fn show(db: &Db<'_>, node: &Node, units: &[String]) -> Result<(), StoreError> {
    let sql = "INSERT INTO nodes (id, host, address, version, roles, units, started_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, database_clock(), database_clock())
         ON CONFLICT (id) DO UPDATE SET units = excluded.units, seen_at = excluded.seen_at";
    let Node { id, host, address, version, roles } = node;
    db.execute(sql, &[id, host, address, version, roles, &units]).await?;
    db.execute("DELETE FROM nodes WHERE seen_at < database_clock() - $1", &[&REMEMBERED]).await?;
    Ok(())
}

async fn renew(
    db: &Db<'_>,
    node: Uuid,
    held: &[Held],
    term: Duration,
) -> Result<Vec<String>, StoreError> {
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let (units, tokens) = apart(held)?;
    let sql = "UPDATE leases SET until = database_clock() + $4
          FROM unnest($2::text[], $3::bigint[]) AS held (unit, token)
         WHERE leases.unit = held.unit AND leases.token = held.token AND leases.holder = $1
           AND leases.until > database_clock()
     RETURNING leases.unit";
    let rows = db.query(sql, &[&node, &units, &tokens, &micros(term)]).await?;
    rows.iter().map(|row| in_table("leases", row, get(row, 0))).collect()
}

async fn claim(
    db: &Db<'_>,
    node: Uuid,
    unit: &str,
    term: Duration,
) -> Result<Option<u64>, StoreError> {
    // Whoever settles holds the subscription's row: after this nobody does under an older token.
    let sql = "WITH taken AS (
            INSERT INTO leases AS known (unit, holder, token, since, until)
            VALUES ($2, $1, 1, database_clock(), database_clock() + $3)
            ON CONFLICT (unit) DO UPDATE SET holder = $1, token = known.token + 1,
                   since = database_clock(), until = database_clock() + $3
             WHERE known.holder IS NULL OR known.until <= database_clock()
            RETURNING token),
        fenced AS (
            UPDATE subscriptions SET token = taken.token FROM taken WHERE $4 || name = $2)
        SELECT token FROM taken";
    let row = db.optional(sql, &[&node, &unit, &micros(term), &of_subscription("")]).await?;
    row.map(|row| in_table("leases", &row, number(&row, 0))).transpose()
}

async fn release(db: &Db<'_>, node: Uuid, held: &[Held]) -> Result<(), StoreError> {
    let (units, tokens) = apart(held)?;
    let sql = "UPDATE leases SET holder = NULL, until = least(until, database_clock())
          FROM unnest($2::text[], $3::bigint[]) AS held (unit, token)
         WHERE leases.unit = held.unit AND leases.token = held.token AND leases.holder = $1";
    db.execute(sql, &[&node, &units, &tokens]).await.map(drop)
}

async fn leave(db: &Db<'_>, node: Uuid) -> Result<(), StoreError> {
    let sql = "WITH gone AS (DELETE FROM nodes WHERE id = $1)
        UPDATE leases SET holder = NULL, until = least(until, database_clock()) WHERE holder = $1";
    db.execute(sql, &[&node]).await.map(drop)
}

async fn seen(db: &Db<'_>) -> Result<Cluster, StoreError> {
    let sql = "SELECT id, host, address, version, roles, units, started_at, seen_at,
            greatest(database_clock() - seen_at, 0) FROM nodes ORDER BY started_at, id";
    let rows = db.query(sql, &[]).await?;
    let nodes = rows.iter().map(|row| in_table("nodes", row, node(row)));
    let nodes = nodes.collect::<Result<_, _>>()?;
    let sql = "SELECT unit, holder, token, since, until, greatest(until - database_clock(), 0)
        FROM leases ORDER BY unit";
    let rows = db.query(sql, &[]).await?;
    let leases = rows.iter().map(|row| in_table("leases", row, lease(row)));
    let leases = leases.collect::<Result<_, _>>()?;
    let sql = "SELECT position, (SELECT count(*) FROM unsequenced) FROM log_head WHERE one = 1";
    let row = db.one(sql, &[]).await?;
    let (head, unsequenced) =
        in_table("log_head", &row, number(&row, 0).and_then(|head| Ok((head, number(&row, 1)?))))?;
    Ok(Cluster { nodes, leases, head, unsequenced })
}

fn node(row: &Row) -> Result<NodeStanding, Unreadable> {
    let node = Node {
        id: get(row, 0)?,
        host: get(row, 1)?,
        address: get(row, 2)?,
        version: get(row, 3)?,
        roles: get(row, 4)?,
    };
    Ok(NodeStanding {
        node,
        units: get(row, 5)?,
        started: instant(row, 6)?,
        seen: instant(row, 7)?,
        age: Duration::from_micros(number(row, 8)?),
    })
}

fn lease(row: &Row) -> Result<LeaseStanding, Unreadable> {
    Ok(LeaseStanding {
        unit: get(row, 0)?,
        holder: get(row, 1)?,
        token: number(row, 2)?,
        since: instant(row, 3)?,
        until: instant(row, 4)?,
        left: Duration::from_micros(number(row, 5)?),
    })
}

fn apart(held: &[Held]) -> Result<(Vec<&str>, Vec<i64>), StoreError> {
    let units = held.iter().map(|one| one.unit.as_str()).collect();
    let tokens: Result<_, _> = held.iter().map(|one| stored(one.token)).collect();
    Ok((units, tokens?))
}

fn micros(term: Duration) -> i64 {
    i64::try_from(term.as_micros()).unwrap_or(i64::MAX)
}
