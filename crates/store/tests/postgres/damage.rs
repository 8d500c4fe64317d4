//! Rows that somebody wrote behind the platform's back.

use rishi_app::Store as _;
use rishi_app::store::QueryError;
use rishi_bus::Ledger as _;

use crate::support::House;

/// An error with all its sources.
fn story(error: &dyn std::error::Error) -> String {
    let mut story = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        story = format!("{story}: {cause}");
        source = cause.source();
    }
    story
}

#[tokio::test]
async fn an_unreadable_value_is_named_by_table_column_and_row() {
    let house = House::new().await;
    let db = house.database.connect().await;
    db.batch_execute("CREATE TABLE kept AS SELECT * FROM organizations").await.unwrap();
    let row = house.operator.id.to_string();
    let cases = [
        ("status = 'dancing'", "organizations.status"),
        ("tier = 9", "organizations.tier"),
        ("tier = 256", "organizations.tier"),
        ("settings = '{'", "organizations.settings"),
        ("created_at = 9223372036854775807", "organizations.created_at"),
        ("version = -1", "organizations.version"),
    ];
    for (set, place) in cases {
        let column = set.split(' ').next().unwrap();
        db.batch_execute(&format!("UPDATE organizations SET {set}")).await.unwrap();
        let error = house.store.internal_organization().await.unwrap_err();
        assert!(matches!(error, QueryError::Storage(_)), "{set}: {error:?}");
        let story = story(&error);
        assert!(story.contains(place) && story.contains(&row), "{set}: {story}");
        let back = format!("UPDATE organizations SET {column} = (SELECT {column} FROM kept)");
        db.batch_execute(&back).await.unwrap();
        house.store.internal_organization().await.unwrap();
    }
}

#[tokio::test]
async fn a_column_that_is_gone_is_an_error_and_no_outage() {
    let house = House::new().await;
    let db = house.database.connect().await;
    db.batch_execute("ALTER TABLE organizations RENAME COLUMN settings TO gone").await.unwrap();
    let error = house.store.internal_organization().await.unwrap_err();
    assert!(matches!(error, QueryError::Storage(_)), "{error:?}");
}

#[tokio::test]
async fn an_unreadable_event_is_named_by_its_position() {
    let house = House::new().await;
    let db = house.database.connect().await;
    let meddle =
        "ALTER TABLE events DISABLE TRIGGER ALL; UPDATE events SET data = '{ ' WHERE position = 1";
    db.batch_execute(meddle).await.unwrap();
    // By a process that does not have it in memory.
    let error = house.beside().await.read(0, 10).await.unwrap_err();
    let story = story(&error);
    assert!(story.contains("events.data of row 1"), "{story}");
}
