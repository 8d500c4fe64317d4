//! Statements that a batch runs again and again, looked up once for the whole batch.

use std::ops::Deref;

use rusqlite::{CachedStatement, Connection};

/// Statements that are worth it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sql {
    Event,
    NewBooking,
    MovedBooking,
    Booking,
    BookingBefore,
    Notification,
}

const COUNT: usize = 6;

impl Sql {
    const fn text(self) -> &'static str {
        match self {
            Self::Event => {
                "INSERT INTO events (position, id, type, source, subject_kind, subject_id, version,
                    schema_version, organization_id, user_id, correlation_id, causation_id, timestamp,
                    data, metadata, traceparent, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
            }
            Self::NewBooking => {
                "INSERT INTO bookings (id, title, description, operation_type, activity_type, priority,
                    timezone, budget, actual_cost, requirements, staff_requirements,
                    equipment_requirements, status, notes, submitted_by, updated_at, version,
                    series_changed, organization_id, location_id, scheduled_start, scheduled_end,
                    created_by, created_at, series_id, series_number)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                    ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)"
            }
            Self::MovedBooking => {
                "UPDATE bookings SET title = ?2, description = ?3, operation_type = ?4,
                    activity_type = ?5, priority = ?6, timezone = ?7, budget = ?8, actual_cost = ?9,
                    requirements = ?10, staff_requirements = ?11, equipment_requirements = ?12,
                    status = ?13, notes = ?14, submitted_by = ?15, updated_at = ?16, version = ?17,
                    series_changed = ?18, organization_id = ?19, location_id = ?20,
                    scheduled_start = ?21, scheduled_end = ?22, created_by = ?23, created_at = ?24,
                    series_id = ?25, series_number = ?26
                  WHERE id = ?1 AND version = ?17 - 1"
            }
            Self::Booking => {
                "UPDATE bookings SET title = ?2, description = ?3, operation_type = ?4,
                    activity_type = ?5, priority = ?6, timezone = ?7, budget = ?8, actual_cost = ?9,
                    requirements = ?10, staff_requirements = ?11, equipment_requirements = ?12,
                    status = ?13, notes = ?14, submitted_by = ?15, updated_at = ?16, version = ?17,
                    series_changed = ?18
                  WHERE id = ?1 AND version = ?17 - 1"
            }
            Self::BookingBefore => {
                "SELECT id, organization_id, status, location_id, operation_type, scheduled_start,
                    budget, actual_cost, scheduled_end, series_id
                   FROM bookings WHERE id = ?1"
            }
            Self::Notification => {
                "INSERT INTO notifications (id, user_id, organization_id, kind, title, message,
                    related_entity_type, related_entity_id, read_at, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (id) DO UPDATE SET read_at = excluded.read_at"
            }
        }
    }
}

/// A connection with the statements of a batch at hand.
pub(super) struct Hot<'db> {
    db: &'db Connection,
    kept: [Option<CachedStatement<'db>>; COUNT],
}

impl<'db> Hot<'db> {
    pub(super) fn new(db: &'db Connection) -> Self {
        Self { db, kept: [const { None }; COUNT] }
    }

    /// A statement, ready to be run.
    pub(super) fn get(&mut self, sql: Sql) -> Result<&mut CachedStatement<'db>, rusqlite::Error> {
        match &mut self.kept[sql as usize] {
            Some(statement) => Ok(statement),
            none => Ok(none.insert(self.db.prepare_cached(sql.text())?)),
        }
    }
}

impl Deref for Hot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.db
    }
}
