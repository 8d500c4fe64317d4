//! The log stands, whoever writes past the platform.

use crate::support::House;

#[tokio::test]
async fn the_log_is_append_only_past_the_platform_too() {
    let house = House::new().await;
    let db = house.database.connect().await;
    for sql in [
        "UPDATE events SET data = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE log_anchor SET position = 7",
        "DELETE FROM log_anchor",
    ] {
        let refused = db.batch_execute(sql).await.unwrap_err();
        assert_eq!(
            refused.code().map(tokio_postgres::error::SqlState::code),
            Some("23000"),
            "{sql}: {refused:?}"
        );
    }
    assert_eq!(house.log().await.len(), 1);
}
