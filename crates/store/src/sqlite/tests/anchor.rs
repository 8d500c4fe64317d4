//! The database itself lets go of events only up to the anchor, and of the anchor never.

use rishi_app::{Commit, Store as _};
use rishi_bus::{Desk as _, NewEvent, Order, Subject};
use rusqlite::Connection;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::House;
use crate::sqlite::connection;

async fn retain(house: &House, through: u64) {
    let (now, data) = (house.app.clock.now(), RawValue::from_string("{}".to_owned()).unwrap());
    let about = Subject::new("log", Uuid::nil());
    let told = NewEvent::new(house.app.ids.next(), "LOG_RETAINED", "test", about, now, data);
    let orders = vec![Order::Retain { through }];
    house.store.commit(Commit { orders, events: vec![told], ..Commit::default() }).await.unwrap();
}

fn refused(db: &Connection, sql: &str, why: &str) {
    let error = db.execute_batch(sql).unwrap_err();
    assert!(error.to_string().contains(why), "{sql}: {error}");
}

#[tokio::test]
async fn only_events_up_to_the_anchor_can_be_deleted() {
    let house = House::new().await;
    retain(&house, 1).await;
    let db = connection::writer(house.store.path()).unwrap();
    for sql in ["DELETE FROM events", "DELETE FROM events WHERE position = 2"] {
        refused(&db, sql, "append-only");
    }
    refused(&db, "UPDATE events SET hash = zeroblob(32)", "append-only");
    assert_eq!(db.execute("DELETE FROM events WHERE position <= 1", []).unwrap(), 0);
}

#[tokio::test]
async fn the_anchor_moves_only_forward_along_the_chain() {
    let house = House::new().await;
    retain(&house, 1).await;
    retain(&house, 2).await;
    let anchor = house.store.anchor().await.unwrap();
    assert_eq!(anchor.position, 2);
    let db = connection::writer(house.store.path()).unwrap();
    for sql in [
        "UPDATE log_anchor SET position = 1",
        "UPDATE log_anchor SET position = 3",
        "UPDATE log_anchor SET position = 99, hash = zeroblob(32)",
        "UPDATE log_anchor SET hash = zeroblob(32)",
    ] {
        refused(&db, sql, "the anchor only moves");
    }
    refused(&db, "DELETE FROM log_anchor", "stays");
    refused(&db, "INSERT OR REPLACE INTO log_anchor VALUES (1, 9, zeroblob(32))", "stays");
    refused(&db, "INSERT INTO log_anchor VALUES (2, 9, zeroblob(32))", "CHECK");
    assert_eq!(house.store.anchor().await.unwrap(), anchor);
}
