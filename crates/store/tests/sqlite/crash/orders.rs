//! Orders of operators that move much at once: two subscriptions exchanged, events removed for good, a subscription
//! forgotten. Wherever a flush is cut off, all of it has happened or nothing.

use std::path::Path;

use rishi_bus::Order;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::faulty::{bury, length, log};
use super::story::Beginning;
use super::torn::{FRAME, HEADER};

/// Every row of every table.
fn contents(file: &Path) -> Vec<String> {
    let file = Connection::open(file).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut statement = file.prepare(sql).unwrap();
    let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut contents = Vec::new();
    for name in names.map(Result::unwrap) {
        let mut statement = file.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|at| row.get(at).unwrap()).collect();
            contents.push(format!("{name} {values:?}"));
        }
    }
    contents
}

/// Tells the story to its end, pauses two, gives the order, and cuts its flush off everywhere.
async fn whole_or_not_at_all(order: Order) {
    let beginning = Beginning::new().await;
    let story = beginning.story();
    let engine = story.open(&story.file).await;
    story.to_its_end(&engine).await;
    engine.close().await;
    // With a new log, that no checkpoint lets begin anew meanwhile.
    let engine = story.open(&story.file).await;
    let pause = |name: &str| Order::Pause { subscription: name.to_owned() };
    story.give(&engine, 20, vec![pause("brew"), pause("mail")]).await;
    let (before, from) = (contents(&story.file), length(&story.file));
    story.give(&engine, 21, vec![order.clone()]).await;
    let (after, through) = (contents(&story.file), length(&story.file));
    assert_ne!(before, after, "{order:?}");
    bury(&story.file, &story.grave);
    engine.close().await;

    let (mut nothing, mut all) = (0, 0);
    let frames = (from.max(HEADER)..=through).step_by(usize::try_from(FRAME).unwrap());
    for end in frames.flat_map(|frame| [frame, frame + FRAME / 2]).filter(|end| *end <= through) {
        let file = story.grave.with_file_name(format!("order-{end}.db"));
        bury(&story.grave, &file);
        let torn = std::fs::File::options().write(true).open(log(&file)).unwrap();
        torn.set_len(end).unwrap();
        let engine = story.open(&file).await;
        let now = contents(&file);
        let verified = rishi_bus::verify(&*engine, None, &mut |_| {}).await;
        verified.unwrap_or_else(|fault| panic!("{order:?} cut off after {end}: {fault}"));
        engine.close().await;
        match now {
            now if now == before => nothing += 1,
            now if now == after => all += 1,
            _ => {
                panic!("{order:?}, its flush cut off after {end} of {through} bytes, is half done")
            }
        }
    }
    assert!(nothing > 2 && all == 1, "{order:?}: {nothing} cuts left nothing, {all} all");
}

#[tokio::test]
async fn guarantee_8_an_exchange_is_whole_or_not_at_all() {
    let (subscription, with) = ("brew".to_owned(), "mail".to_owned());
    whole_or_not_at_all(Order::Swap { subscription, with }).await;
}

#[tokio::test]
async fn guarantee_8_retention_is_whole_or_not_at_all() {
    whole_or_not_at_all(Order::Retain { through: 6 }).await;
}

#[tokio::test]
async fn guarantee_8_a_subscription_is_forgotten_wholly_or_not_at_all() {
    whole_or_not_at_all(Order::Forget { subscription: "mail".to_owned() }).await;
}
