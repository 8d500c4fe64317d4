//! The schema is made by a command of its own, and what does not fit is refused.

use rishi_store::postgres::{OpenError, Postgres, PostgresOptions, migrate};

use crate::database::Database;

async fn open(database: &Database) -> Option<OpenError> {
    Postgres::open(PostgresOptions::new(database.url())).await.err()
}

#[tokio::test]
async fn a_schema_that_is_missing_or_older_is_refused_with_the_command_to_run() {
    let database = Database::empty().await;
    let refused = open(&database).await.unwrap();
    assert!(matches!(refused, OpenError::Behind { found: 0, .. }), "{refused:?}");
    assert!(refused.to_string().contains("`rishi migrate`"), "{refused}");

    let made = migrate(&database.url()).await.unwrap();
    assert!(!made.applied.is_empty() && open(&database).await.is_none());
    let again = migrate(&database.url()).await.unwrap();
    assert_eq!((again.applied.len(), again.version), (0, made.version));

    let forget = "DELETE FROM refinery_schema_history WHERE version = $1";
    let newest = i32::try_from(made.version).unwrap();
    assert_eq!(database.connect().await.execute(forget, &[&newest]).await.unwrap(), 1);
    assert!(matches!(open(&database).await, Some(OpenError::Behind { .. })));
}

#[tokio::test]
async fn a_newer_schema_is_served_so_that_nodes_can_be_replaced_one_by_one() {
    let database = Database::fresh().await;
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 VALUES (1000, 'later', '', '')";
    database.connect().await.execute(newer, &[]).await.unwrap();
    assert!(open(&database).await.is_none());
}

#[tokio::test]
async fn a_database_that_needs_a_newer_program_is_neither_served_nor_migrated() {
    let database = Database::fresh().await;
    let client = database.connect().await;
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 VALUES (1000, 'later', '', '')";
    client.execute(newer, &[]).await.unwrap();
    let left = migrate(&database.url()).await.unwrap();
    assert_eq!(
        (left.applied.len(), left.version),
        (0, 1000),
        "what a newer one made is left alone"
    );

    client.execute("UPDATE platform SET needs = 1000", &[]).await.unwrap();
    let refused = open(&database).await.unwrap();
    assert!(matches!(refused, OpenError::TooNew { needs: 1000, .. }), "{refused:?}");
    assert!(refused.to_string().contains("install a newer release"), "{refused}");
    let refused = migrate(&database.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::TooNew { .. }), "{refused:?}");
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let database = Database::empty().await;
    database.connect().await.batch_execute("CREATE TABLE theirs (id int)").await.unwrap();
    let refused = migrate(&database.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Foreign), "{refused:?}");
}

#[tokio::test]
async fn processes_that_migrate_at_once_come_one_after_the_other() {
    let database = Database::empty().await;
    let url = database.url();
    let (one, other) = tokio::join!(migrate(&url), migrate(&url));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.version, other.version);
    assert!(one.applied.is_empty() != other.applied.is_empty(), "{one:?} {other:?}");
}
