//! Changes that wait share a transaction.

use rishi_app::{Commit, Store as _};
use rishi_bus::{NewEvent, Subject, Timer, TimerChange};
use serde_json::value::RawValue;

use crate::support::House;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_together_goes_together_and_what_touches_the_same_does_not() {
    let house = House::new().await;
    let set = |key: String| {
        let data = RawValue::from_string("{}".to_owned()).unwrap();
        let (id, now) = (house.app.ids.next(), house.app.clock.now());
        let about = Subject::new("kettle", house.app.ids.next());
        let event = NewEvent::new(id, "BOILED", "test", about, now, data);
        let timers = vec![TimerChange::Set(Box::new(Timer { key, due: now, event }))];
        house.store.commit(Commit { timers, ..Commit::default() })
    };
    let transactions = async |keys: &str| -> (i64, i64) {
        let db = house.database.connect().await;
        let sql = "SELECT count(*), count(DISTINCT xmin::text) FROM timers WHERE key LIKE $1";
        let row = db.query_one(sql, &[&keys]).await.unwrap();
        (row.get(0), row.get(1))
    };
    // One after the other, each is alone.
    for number in 0..4 {
        set(format!("alone/{number}")).await.unwrap();
    }
    assert_eq!(transactions("alone/%").await, (4, 4));
    // Of many at once, some are made while the first ones are under way.
    let many = (0..256).map(|number| set(format!("many/{number}")));
    for outcome in futures::future::join_all(many).await {
        outcome.unwrap();
    }
    let (made, transactions_of_many) = transactions("many/%").await;
    assert_eq!(made, 256);
    assert!(transactions_of_many < 64, "{transactions_of_many} transactions");
    // Of those that set the same timer each is the last once, and none is in the way of another.
    let same = (0..16).map(|_| set("same".to_owned()));
    for outcome in futures::future::join_all(same).await {
        outcome.unwrap();
    }
    assert_eq!(transactions("same").await, (1, 1));
}
