//! Events on their way to the log: the sequencer gives them position, version and hash once they are committed.

use std::collections::HashMap;

use rishi_app::commit::CommitError;
use rishi_bus::{NewEvent, Position};
use rishi_domain::time::to_microsecond;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::counters::Counters;
use super::many::column;
use super::transaction::Refusal;
use crate::postgres::columns::{get, in_table};
use crate::postgres::connection::{Db, Values};
use crate::postgres::error::StoreError;

/// What a transaction has done, or since a savepoint, to be kept only if that is released.
#[derive(Default)]
pub(in crate::postgres) struct Trace {
    /// The first event of each commit, in order.
    pub(in crate::postgres) told: Vec<Uuid>,
    /// Where those events stand that were sequenced along with it.
    pub(in crate::postgres) places: HashMap<Uuid, Position>,
    /// Sums that are still to be written.
    pub(super) counters: Counters,
    /// Whether an operator's order was carried out.
    pub(in crate::postgres) ordered: bool,
    /// Whether a timer was set.
    pub(in crate::postgres) timed: bool,
    /// Up to where events were removed.
    pub(in crate::postgres) removed: Option<Position>,
}

impl Trace {
    /// Nothing done yet, for what is done beside others.
    pub(super) fn beside(&self) -> Self {
        Self { counters: self.counters.beside(), ..Self::default() }
    }

    /// Adds what was done after it.
    pub(super) fn absorb(&mut self, later: Self) {
        self.told.extend(later.told);
        self.counters.merge(later.counters);
        self.ordered |= later.ordered;
        self.timed |= later.timed;
        self.removed = later.removed.or(self.removed);
    }
}

const INSERT: &str = "WITH new AS MATERIALIZED (SELECT nextval('unsequenced_batches') AS batch)
    INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id,
        schema_version, organization_id, user_id, correlation_id, causation_id, timestamp, data,
        metadata, traceparent)
    SELECT (SELECT batch FROM new), number, id, type, source, subject_kind, subject_id,
        schema_version, organization_id, user_id, correlation_id, causation_id, timestamp, data,
        metadata, traceparent
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[],
            $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::bigint[], $12::text[],
            $13::text[], $14::text[]) WITH ORDINALITY AS event (id, type, source, subject_kind,
            subject_id, schema_version, organization_id, user_id, correlation_id, causation_id,
            timestamp, data, metadata, traceparent, number)";
const SEQUENCED: &str = "SELECT id FROM events WHERE id = ANY($1)";
/// The same of a list of one, which is not planned anew each time.
const ONE_SEQUENCED: &str = "SELECT id FROM events WHERE id = ($1::uuid[])[1]";

/// Has events enter the log together, in their order; `told` is told of the first.
pub(super) async fn append(
    db: &Db<'_>,
    events: &[&NewEvent],
    told: &mut Vec<Uuid>,
) -> Result<(), Refusal> {
    let Some(first) = events.first() else { return Ok(()) };
    let id = column(events, |event| event.id);
    let columns: &Values<'_> = &[
        &id,
        &column(events, |event| &*event.event_type),
        &column(events, |event| event.source.as_str()),
        &column(events, |event| event.subject.kind()),
        &column(events, |event| event.subject.id()),
        &column(events, |event| i64::from(event.schema_version)),
        &column(events, |event| event.organization_id),
        &column(events, |event| event.user_id),
        &column(events, |event| event.correlation_id),
        &column(events, |event| event.causation_id),
        // As it will be read back.
        &column(events, |event| to_microsecond(event.timestamp).as_microsecond()),
        &column(events, |event| event.data.get()),
        &column(events, |event| event.metadata.as_deref().map(RawValue::get)),
        &column(events, |event| event.traceparent.as_deref()),
    ];
    let sequenced = if events.len() == 1 { ONE_SEQUENCED } else { SEQUENCED };
    // What is sent together must not have to be prepared first.
    for sql in [INSERT, sequenced] {
        db.prepare(sql).await?;
    }
    // An id that waits already, or does in a transaction under way, is refused by the insert.
    let ids: &Values<'_> = &[&id];
    let (inserted, sequenced) = tokio::join!(db.execute(INSERT, columns), db.query(sequenced, ids));
    inserted?;
    if let Some(row) = sequenced?.first() {
        let id: Uuid = in_table("events", row, get(row, 0))?;
        return Err(CommitError::Malformed(format!("event {id} is in the log already")).into());
    }
    told.push(first.id);
    Ok(())
}

/// Which of these ids the log holds, or will once it is sequenced.
pub(super) async fn held(db: &Db<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let sql = "SELECT id FROM events WHERE id = ANY($1)
               UNION ALL SELECT id FROM unsequenced WHERE id = ANY($1)";
    let rows = db.query(sql, &[&ids]).await?;
    rows.iter().map(|row| in_table("events", row, get(row, 0))).collect()
}
