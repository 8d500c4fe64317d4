//! The guarantees, looked at from outside: in the file, and in what the world outside has seen.

use std::collections::BTreeMap;

use rishi_store::sqlite::Sqlite;
use rusqlite::Connection;

use super::cast::{BOILED, is_dull, sets_timer};
use super::story::Story;

/// What must hold at every moment.
pub(super) async fn look(story: &Story, engine: &Sqlite, case: &str) {
    let file = story.outside.look();
    let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();

    // 1. An event exists if and only if its change was committed.
    let stray = "(SELECT id FROM organizations) a FULL JOIN
        (SELECT subject_id AS id FROM events WHERE type = 'ORGANIZATION_CREATED') b USING (id)
        WHERE a.id IS NULL OR b.id IS NULL";
    assert_eq!(count(&format!("SELECT count(*) FROM {stray}")), 0, "1: {case}");
    let stray =
        "(SELECT related_entity_id AS id FROM notifications WHERE kind = 'brew') a FULL JOIN
        (SELECT causation_id AS id FROM events WHERE type = 'TEA_BREWED') b USING (id)
        WHERE a.id IS NULL OR b.id IS NULL";
    assert_eq!(count(&format!("SELECT count(*) FROM {stray}")), 0, "1: {case}");

    // 2. Positions and versions have no gap, and no cursor passes the log.
    let report = rishi_bus::verify(engine, None, &mut |_| {}).await;
    report.unwrap_or_else(|fault| panic!("2: {case}: {fault}"));

    // 3. Every event that a cursor has passed is handled, or visible in a row.
    for (name, position) in passed(&file) {
        let visible = "SELECT 1 FROM deliveries WHERE subscription = ?1 AND position = ?2";
        let visible = file.prepare(visible).unwrap().exists((name, position)).unwrap();
        let done = story.outside.is_done(&file, name, position)
            && (name != "mail" || story.outside.was_begun(name, position));
        assert!(visible || done, "3: {case}: {name} dropped {position}");
    }

    // 4. A policy's effect happens once, a timer fires once, an effect is repeated under its key.
    let doubled =
        "SELECT count(*) FROM (SELECT 1 FROM notifications GROUP BY kind, related_entity_id
        HAVING count(*) > 1)";
    assert_eq!(count(doubled), 0, "4: {case}");
    let doubled = "SELECT count(*) FROM (SELECT 1 FROM events WHERE causation_id IS NOT NULL
        GROUP BY type, causation_id HAVING count(*) > 1)";
    assert_eq!(count(doubled), 0, "4: {case}");
    for (event, key) in &*story.outside.mails.lock().unwrap() {
        assert_eq!(*key, format!("mail:{event}"), "4: {case}");
    }

    // 5. Within a key, no event is begun before the one before it is done.
    let early = story.outside.early.lock().unwrap();
    assert!(early.is_empty(), "5: {case}: {early:?}");
}

/// What each subscription wants and has passed: its name and the position.
fn passed(file: &Connection) -> Vec<(&'static str, u64)> {
    let sql =
        "SELECT s.name, e.position FROM subscriptions s JOIN events e ON e.position <= s.cursor
        WHERE e.type = ?1 OR (s.name = 'tea' AND e.type IN ('TEA_BREWED', 'REMINDER_DUE'))";
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([BOILED], |row| {
        let name = match row.get::<_, String>(0)?.as_str() {
            "tea" => "tea",
            "brew" => "brew",
            _ => "mail",
        };
        Ok((name, row.get(1)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// What must hold at the end of the story, whatever happened in it.
pub(super) fn end(story: &Story, case: &str) {
    let file = story.outside.look();
    let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
    let behind =
        "SELECT count(*) FROM subscriptions WHERE cursor < (SELECT max(position) FROM events)";
    assert_eq!(count(behind), 0, "{case}");
    let owed = "SELECT count(*) FROM deliveries WHERE state <> 'skipped'";
    assert_eq!(count(owed), 0, "{case}");
    assert_eq!(count("SELECT count(*) FROM timers"), 0, "{case}");
    // The poison was given up, and is visible.
    assert_eq!(count("SELECT count(*) FROM deliveries WHERE subscription = 'tea'"), 1, "{case}");
    // Two commits of four kettles each, and five orders.
    let kinds = "SELECT type, count(*) FROM events GROUP BY type";
    let mut statement = file.prepare(kinds).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let kinds: BTreeMap<String, u64> = rows.map(Result::unwrap).collect();
    let positions = |event_type: &str| -> Vec<u64> {
        let sql = "SELECT position FROM events WHERE type = ?1";
        let mut statement = file.prepare(sql).unwrap();
        let rows = statement.query_map([event_type], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let boiled = positions(BOILED);
    let reminders = boiled.iter().filter(|position| sets_timer(**position)).count() as u64;
    for (kind, expected) in
        [(BOILED, 8), ("TEA_BREWED", 8), ("REMINDER_DUE", reminders), ("ORDER_GIVEN", 5)]
    {
        assert_eq!(kinds.get(kind), Some(&expected), "{case}: {kinds:?}");
    }
    let handled =
        |name: &str| count(&format!("SELECT count(*) FROM notifications WHERE kind = '{name}'"));
    let all = [BOILED, "TEA_BREWED", "REMINDER_DUE"].iter().flat_map(|one| positions(one));
    let poison = 1;
    let poison_is_dull = {
        let sql = "SELECT position FROM events WHERE data LIKE '%poison%'";
        is_dull(file.query_row(sql, [], |row| row.get(0)).unwrap())
    };
    let wanted = all.filter(|position| !is_dull(*position)).count() as u64;
    let expected = wanted - if poison_is_dull { 0 } else { poison };
    assert_eq!((handled("tea"), handled("brew")), (expected, 8), "{case}");
    // One run, one that failed, one that was replayed, one that nobody knows how it ended.
    let mails = story.outside.mails.lock().unwrap();
    for position in boiled {
        let sql = "SELECT id FROM events WHERE position = ?1";
        let id: uuid::Uuid = file.query_row(sql, [position], |row| row.get(0)).unwrap();
        let runs = mails.iter().filter(|(event, _)| *event == id).count();
        assert!((1..=4).contains(&runs), "{case}: {runs} mails about {position}");
    }
}
