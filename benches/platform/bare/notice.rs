//! What somebody is told of a booking: the notification and the event of it.

use rusqlite::Connection;
use uuid::Uuid;

use super::Row;
use super::row::{EventColumns, Ids};
use crate::Result;

/// The two rows as the server wrote them once.
pub(crate) struct Told {
    notice: Row,
    event: Row,
    notice_columns: [usize; 2],
    event_columns: EventColumns,
}

impl Told {
    /// Reads back what somebody was told of this kind about a booking.
    pub(crate) fn read(db: &Connection, booking: Uuid, kind: &str) -> Result<Self> {
        let about = "related_entity_id = ?1 AND kind = ?2";
        let notice = Row::read(db, "notifications", about, rusqlite::params![booking, kind])?;
        let event = "subject_id = ?1 AND type = 'NOTIFICATION_CREATED'";
        let event = Row::read(db, "events", event, [notice.get_id("id")?])?;
        let notice_columns = [notice.column("id")?, notice.column("related_entity_id")?];
        let event_columns = EventColumns::of(&event)?;
        Ok(Self { notice, event, notice_columns, event_columns })
    }

    /// Writes the same about another booking.
    pub(crate) fn write(
        &mut self,
        db: &Connection,
        ids: &mut Ids,
        position: i64,
        booking: Uuid,
    ) -> Result<()> {
        let [own, about] = self.notice_columns;
        let id = ids.next();
        self.notice.id(own, id);
        self.notice.id(about, booking);
        self.event.happen(&self.event_columns, ids, position, (id, booking));
        self.notice.write(&mut *db.prepare_cached(&self.notice.insert)?)?;
        self.event.write(&mut *db.prepare_cached(&self.event.insert)?)
    }
}
