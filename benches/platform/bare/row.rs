//! Real rows as patterns for more of their kind.

use rusqlite::types::Value;
use rusqlite::{Connection, Params, params_from_iter};
use uuid::Uuid;

use crate::{Result, failed};

/// A row that the server wrote, to be written again under other ids.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) insert: String,
    columns: Vec<String>,
    values: Vec<Value>,
}

impl Row {
    /// Reads one row of a table.
    pub(crate) fn read(
        db: &Connection,
        table: &str,
        condition: &str,
        params: impl Params,
    ) -> Result<Self> {
        let mut statement =
            db.prepare(&format!("SELECT * FROM {table} WHERE {condition} LIMIT 1"))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params)?;
        let row = rows.next()?.ok_or_else(|| failed(format!("no {table} WHERE {condition}")))?;
        let values = (0..columns.len()).map(|index| row.get(index)).collect::<Result<_, _>>()?;
        let marks = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        Ok(Self { insert, columns, values })
    }

    /// Where a column is.
    pub(crate) fn column(&self, name: &str) -> Result<usize> {
        let found = self.columns.iter().position(|column| column == name);
        found.ok_or_else(|| failed(format!("no column {name} in {}", self.insert)))
    }

    /// Sets a column by its place; a UUID overwrites the bytes of the one before it.
    pub(crate) fn id(&mut self, column: usize, id: Uuid) {
        match &mut self.values[column] {
            Value::Blob(bytes) if bytes.len() == 16 => bytes.copy_from_slice(id.as_bytes()),
            value => *value = Value::Blob(id.as_bytes().to_vec()),
        }
    }

    pub(crate) fn integer(&mut self, column: usize, number: i64) {
        self.values[column] = Value::Integer(number);
    }

    pub(crate) fn text(&mut self, column: usize, text: impl Into<String>) {
        self.values[column] = Value::Text(text.into());
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Value> {
        Ok(&self.values[self.column(name)?])
    }

    pub(crate) fn get_id(&self, name: &str) -> Result<Uuid> {
        match self.get(name)? {
            Value::Blob(bytes) => Ok(Uuid::from_slice(bytes)?),
            other => Err(failed(format!("{name} is no id: {other:?}"))),
        }
    }

    /// Makes an event that the server wrote the next one, about `subject` in the workflow of `about`.
    pub(crate) fn happen(
        &mut self,
        columns: &EventColumns,
        ids: &mut Ids,
        position: i64,
        (subject, about): (Uuid, Uuid),
    ) {
        let [at, own, of, correlation, causation] = columns.0;
        self.integer(at, position);
        self.id(own, ids.next());
        self.id(of, subject);
        self.id(correlation, about);
        self.id(causation, ids.next());
    }

    /// Writes it by a prepared [`insert`](Self::insert).
    pub(crate) fn write(&self, statement: &mut rusqlite::Statement<'_>) -> Result<()> {
        statement.execute(params_from_iter(&self.values))?;
        Ok(())
    }
}

/// Where the columns are that differ from event to event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventColumns([usize; 5]);

impl EventColumns {
    pub(crate) fn of(event: &Row) -> Result<Self> {
        Ok(Self([
            event.column("position")?,
            event.column("id")?,
            event.column("subject_id")?,
            event.column("correlation_id")?,
            event.column("causation_id")?,
        ]))
    }
}

/// Ids of version 7, which sort by the time at which they were made.
#[derive(Debug)]
pub(crate) struct Ids {
    millis: u64,
    count: u64,
}

impl Ids {
    pub(crate) fn now() -> Self {
        Self::since(u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default())
    }

    /// Ids as if made from an instant on.
    pub(crate) fn since(millis: u64) -> Self {
        Self { millis, count: 0 }
    }

    pub(crate) fn next(&mut self) -> Uuid {
        self.count += 1;
        // A few ids to a millisecond, as a busy server makes them.
        let (millis, low) = (self.millis + self.count / 16, self.count.to_be_bytes());
        let tail = [
            (self.count % 16) as u8,
            low[3],
            0x5a,
            0xc3,
            low[4],
            low[5],
            low[6],
            low[7],
            0x17,
            0x2b,
        ];
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}
