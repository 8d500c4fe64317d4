//! Rows that somebody wrote behind the platform's back.

use rishi_app::commit::{Change, CommitError};
use rishi_app::events::subject;
use rishi_app::store::{Paging, QueryError};
use rishi_app::{Commit, Store as _};
use rishi_bus::Ledger as _;
use rishi_domain::booking::{Booking, BookingStatus, OperationType, Priority};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use rusqlite::Connection;

use crate::support::File;

const ALL: Paging = Paging { limit: 10, offset: 0 };

/// Changes the file as another program would.
fn meddle(file: &File, sql: &str) {
    Connection::open(file.path("rishi.db")).unwrap().execute_batch(sql).unwrap();
}

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
    let file = File::new().await;
    let row = file.house.id.to_string();
    let cases = [
        ("status = 'dancing'", "organizations.status"),
        ("tier = 9", "organizations.tier"),
        ("settings = '{'", "organizations.settings"),
        ("created_at = 9223372036854775807", "organizations.created_at"),
        ("version = -1", "organizations.version"),
        ("name = CAST(x'ff' AS TEXT)", "organizations.name"),
        ("kind = CAST(x'ff' AS TEXT)", "organizations.kind"),
    ];
    for (set, place) in cases {
        let column = set.split(' ').next().unwrap();
        meddle(&file, "CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM organizations");
        meddle(&file, &format!("UPDATE organizations SET {set}"));
        // What another process wrote is seen at the bus's next look.
        file.store.refresh_head().await.unwrap();
        let refused = file.store.organization(&file.all, file.house.id).await.unwrap_err();
        let listed = file.store.organizations(&file.all, ALL).await.unwrap_err();
        for error in [refused, listed] {
            assert!(matches!(error, QueryError::Storage(_)), "{set}: {error:?}");
            let story = story(&error);
            assert!(story.contains(place) && story.contains(&row), "{set}: {story}");
        }
        meddle(&file, &format!("UPDATE organizations SET {column} = (SELECT {column} FROM kept)"));
        file.store.organization(&file.all, file.house.id).await.unwrap();
    }
}

#[tokio::test]
async fn an_unreadable_event_is_named_by_its_position() {
    let file = File::new().await;
    meddle(&file, "DROP TRIGGER events_are_never_changed");
    meddle(&file, "UPDATE events SET data = '{' WHERE position = 2");
    // By a process that does not have it in memory.
    let again = Sqlite::open(SqliteOptions::new(file.path("rishi.db"))).await.unwrap();
    let error = again.read(0, 10).await.unwrap_err();
    let story = story(&error);
    assert!(story.contains("events.data of row 2"), "{story}");
}

#[tokio::test]
async fn a_commit_that_meets_a_damaged_row_is_refused_alone() {
    let file = File::new().await;
    let now = file.app.clock.now();
    let booking = Booking {
        id: file.app.ids.next(),
        organization_id: file.house.id,
        title: "Tasting".to_owned(),
        description: None,
        operation_type: OperationType::General,
        activity_type: None,
        priority: Priority::Low,
        location_id: None,
        scheduled_start: now,
        scheduled_end: now + jiff::SignedDuration::from_hours(1),
        timezone: "UTC".to_owned(),
        budget: None,
        actual_cost: None,
        requirements: None,
        staff_requirements: None,
        equipment_requirements: None,
        status: BookingStatus::Draft,
        notes: None,
        created_by: file.all.user().unwrap(),
        submitted_by: None,
        series: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let put = |version: u64| {
        let mut told = file.organization();
        let row = Booking { version, ..booking.clone() };
        told.events[0].subject = subject::booking(row.id);
        Commit { changes: vec![Change::Booking(Box::new(row))], ..told }
    };
    file.store.commit(put(1)).await.unwrap();
    meddle(&file, "UPDATE bookings SET operation_type = 'dancing'");
    let commits = (0..20).map(|number| {
        let damaged = number % 5 == 0;
        let commit = if damaged { put(2) } else { file.organization() };
        let store = &file.store;
        async move { (damaged, store.commit(commit).await) }
    });
    for (damaged, outcome) in futures::future::join_all(commits).await {
        assert_eq!(outcome.is_err(), damaged, "{outcome:?}");
        if let Err(error) = outcome {
            assert!(matches!(error, CommitError::Storage(_)), "{error:?}");
            assert!(story(&error).contains("bookings.operation_type"), "{error:?}");
        }
    }
}
