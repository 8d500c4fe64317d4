//! Real rows as patterns for statements that write more of their kind.

use crate::sql::Sql;
use crate::{Result, failed};

/// Ids whose order is that of their making, as the server's own.
pub(super) const PREPARATION: &str = "
    CREATE SEQUENCE bench_slots MINVALUE 0;
    CREATE SEQUENCE bench_positions START 1000000000;
    CREATE FUNCTION bench_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_byte(set_byte(overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
            6, 112), 8, 128), 'hex')::uuid
    $$;
    CREATE TABLE bench_places AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS place, id FROM locations;
    CREATE UNIQUE INDEX ON bench_places (place);
    ANALYZE";

/// What writes a row like the one that is found, but for some columns, which are taken from a row of `n`.
pub(super) fn insert(
    sql: &Sql,
    table: &str,
    condition: &str,
    other: &[(&str, &str)],
) -> Result<String> {
    let columns = sql.rows(&format!(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
          WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          ORDER BY attnum"
    ))?;
    let columns: Vec<(String, String)> = columns
        .into_iter()
        .filter_map(|row| <[Option<String>; 2]>::try_from(row).ok())
        .filter_map(|[name, kind]| Some((name?, kind?)))
        .collect();
    let quoted: Vec<String> =
        columns.iter().map(|(name, _)| format!("quote_nullable(\"{name}\"::text)")).collect();
    let values =
        sql.row(&format!("SELECT {} FROM {table} WHERE {condition} LIMIT 1", quoted.join(", ")))?;
    if let Some((unknown, _)) =
        other.iter().find(|(name, _)| !columns.iter().any(|(one, _)| one == name))
    {
        return Err(failed(format!("{table} has no column {unknown}")));
    }
    let value = |((name, kind), value): (&(String, String), String)| {
        let replaced = other.iter().find(|(one, _)| one == name);
        replaced.map_or_else(|| format!("{value}::{kind}"), |(_, by)| (*by).to_owned())
    };
    let values: Vec<String> = columns.iter().zip(values).map(value).collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    Ok(format!("INSERT INTO {table} ({}) SELECT {} FROM n", names.join(", "), values.join(", ")))
}

/// What somebody is told of a booking, and the event of that; both about `n.id`.
pub(super) fn told(sql: &Sql, kind: &str) -> Result<[String; 2]> {
    let notice = format!("kind = '{kind}'");
    let event = format!(
        "type = 'NOTIFICATION_CREATED' AND subject_id = (SELECT id FROM notifications WHERE {notice} LIMIT 1)"
    );
    Ok([
        insert(
            sql,
            "notifications",
            &notice,
            &[("id", "n.notice"), ("related_entity_id", "n.id")],
        )?,
        insert(sql, "events", &event, &happening("n.told", "n.notice"))?,
    ])
}

/// What makes an event another one.
pub(super) fn happening<'a>(own: &'a str, subject: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("position", "nextval('bench_positions')"),
        ("id", own),
        ("subject_id", subject),
        ("correlation_id", "n.id"),
        ("causation_id", "n.id"),
    ]
}
