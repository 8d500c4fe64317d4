//! Batches, one by one: what shares a flush, and what becomes of a batch that cannot be written.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::Commit;
use rishi_app::commit::{Answer, CommitError, Guard, Kept, Receipt, ReceiptKey};
use rishi_bus::{Failure, NewEvent, Outcome, Settled, Settlement, Start, Subject};
use rishi_domain::time::TimeRange;
use rusqlite::ErrorCode;
use serde_json::value::RawValue;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::sqlite::tests::House;
use crate::sqlite::tests::plans::{assert_walks_indexes, plans};
use crate::sqlite::{connection, migrate};

/// A writer without its thread.
struct Desk {
    folder: TempDir,
    writer: Writer,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("rishi.db");
        migrate(&path).unwrap();
        let writer = Writer {
            connection: connection::writer(&path).unwrap(),
            files: Files::of(&path),
            jobs: flume::unbounded().1,
            batch: 16,
            signals: Signals::new(0),
            recent: Arc::new(Recent::new(0)),
            known: Arc::default(),
            figures: Arc::default(),
            checkpoint: None,
            until_look: LOOK_EVERY,
            gather: Gather::default(),
        };
        Self { folder, writer }
    }

    fn beside(&self) -> Connection {
        connection::writer(&self.folder.path().join("rishi.db")).unwrap()
    }

    /// Writes a batch; how many events it appended.
    fn write(&mut self, mut jobs: Vec<Job>) -> Result<usize, StoreError> {
        Ok(self.writer.transact(&mut jobs)?.events.len())
    }

    fn events(&self) -> u64 {
        log::head(&self.writer.connection).unwrap()
    }
}

fn event(number: u128, payload: usize) -> NewEvent {
    let data = RawValue::from_string(format!("{{\"x\":\"{}\"}}", "x".repeat(payload))).unwrap();
    let (id, about) = (Uuid::from_u128(number), Uuid::from_u128(7));
    let now = Timestamp::UNIX_EPOCH;
    NewEvent::new(id, "SOMETHING_SAID", "test", Subject::new("booking", about), now, data)
}

/// A commit of one event; nobody waits for its answer.
fn told(number: u128, payload: usize) -> Job {
    let commit = Commit { events: vec![event(number, payload)], ..Commit::default() };
    Job::Commit(Box::new(Asked::new(commit).0))
}

#[test]
fn a_batch_is_one_flush_and_its_refusals_take_nothing_with_them() {
    let mut desk = Desk::new();
    let flushes = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&flushes);
    let hook = move || {
        counting.fetch_add(1, Ordering::Relaxed);
        false
    };
    desk.writer.connection.commit_hook(Some(hook)).unwrap();
    // Every fifth says again what was said: an event's id is used once.
    let jobs = (1..=50).map(|number| told(if number % 5 == 0 { 1 } else { number }, 1)).collect();
    assert_eq!((desk.write(jobs).unwrap(), desk.events()), (40, 40));
    assert_eq!(flushes.load(Ordering::Relaxed), 1);
}

/// A commit that writes one event and is refused by the next, which says again what was said.
fn told_twice(number: u128) -> Job {
    let events = vec![event(number, 1), event(number, 1)];
    Job::Commit(Box::new(Asked::new(Commit { events, ..Commit::default() }).0))
}

#[test]
fn what_is_refused_half_way_is_taken_back_and_the_others_are_done_once() {
    let mut desk = Desk::new();
    let flushes = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&flushes);
    let hook = move || {
        counting.fetch_add(1, Ordering::Relaxed);
        false
    };
    desk.writer.connection.commit_hook(Some(hook)).unwrap();
    let jobs = vec![told(1, 1), told_twice(2), told(3, 1), told_twice(4), told(5, 1)];
    assert_eq!((desk.write(jobs).unwrap(), desk.events()), (3, 3));
    assert_eq!(flushes.load(Ordering::Relaxed), 1);
    let mut statement =
        desk.writer.connection.prepare("SELECT id, version FROM events ORDER BY position").unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Uuid>(0)?.as_u128(), row.get(1)?));
    let found: Vec<(u128, u64)> =
        statement.query_map([], read).unwrap().map(Result::unwrap).collect();
    assert_eq!(found, [(1, 1), (3, 2), (5, 3)]);
}

#[test]
fn a_settlement_stands_although_one_of_its_commits_is_refused_half_way() {
    let mut desk = Desk::new();
    desk.write(vec![told(1, 1), told(2, 1), told(3, 1)]).unwrap();
    settle::register(&desk.writer.connection, "name", Start::Beginning).unwrap();
    let handled = |position, number: u128, twice| Settled {
        position,
        event_id: Uuid::nil(),
        key: "k".to_owned(),
        was_parked: false,
        outcome: Outcome::Commit {
            commit: Commit {
                events: vec![event(number, 1); if twice { 2 } else { 1 }],
                ..Commit::default()
            },
            or_else: Failure { attempts: 1, due: Timestamp::UNIX_EPOCH, error: String::new() },
        },
    };
    let (asked, mut answer) = Asked::new(Settlement {
        subscription: "name".to_owned(),
        generation: 0,
        fence: 0,
        rests_on: 0,
        cursor: Some(3),
        at: Timestamp::UNIX_EPOCH,
        deliveries: vec![handled(1, 11, false), handled(2, 12, true), handled(3, 13, false)],
    });
    let mut jobs = vec![told(4, 1), Job::Settle(Box::new(asked)), told(5, 1)];
    assert_eq!(desk.writer.transact(&mut jobs).unwrap().events.len(), 4);
    jobs.into_iter().for_each(Job::send);
    let refused = answer.try_recv().unwrap().0.unwrap();
    assert_eq!(refused.iter().map(|one| one.position).collect::<Vec<_>>(), [2]);
    let row = "SELECT position, state, (SELECT cursor FROM subscriptions) FROM deliveries";
    let found = desk.writer.connection.query_row(row, [], |row| {
        Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?, row.get::<_, u64>(2)?))
    });
    assert_eq!(found.unwrap(), (2, "retrying".to_owned(), 3));
}

#[tokio::test]
async fn what_waits_while_a_batch_is_written_becomes_the_next_within_its_bounds() {
    let desk = Desk::new();
    let lock = desk.beside();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut connection = desk.beside();
    let batches = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&batches);
    let hook = move || {
        counting.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.commit_hook(Some(hook)).unwrap();
    let mut options = SqliteOptions::new(desk.folder.path());
    (options.queue, options.batch) = (64, 16);
    let (signals, recent) = (Signals::new(0), Arc::new(Recent::new(0)));
    let (known, figures) = (Arc::default(), Arc::default());
    let (jobs, thread) =
        start(connection, &options, signals.clone(), recent, known, figures, None).unwrap();
    let mut answers = Vec::new();
    for number in 1..=64 {
        let commit = Commit { events: vec![event(number, 1)], ..Commit::default() };
        let (asked, answer) = Asked::new(commit);
        jobs.offer(Job::Commit(Box::new(asked))).unwrap();
        answers.push(answer);
    }
    lock.execute_batch("COMMIT").unwrap();
    for answer in answers {
        answer.await.unwrap().0.unwrap();
    }
    assert_eq!(*signals.head.borrow(), 64);
    // Four full ones, and perhaps the one that had begun before the others were there.
    let batches = batches.load(Ordering::Relaxed);
    assert!((4..=5).contains(&batches), "{batches} flushes");
    jobs.close();
    thread.join().unwrap();
}

#[test]
fn more_commits_than_may_wait_are_refused_as_unavailable() {
    let desk = Desk::new();
    let (sender, jobs) = flume::bounded(2);
    let door = Jobs::new(sender);
    door.offer(told(1, 1)).unwrap();
    door.offer(told(2, 1)).unwrap();
    assert!(matches!(door.offer(told(3, 1)), Err(CommitError::Unavailable(_))));
    drop(jobs.drain());
    door.offer(told(3, 1)).unwrap();
    door.close();
    assert!(matches!(door.offer(told(4, 1)), Err(CommitError::Unavailable(_))));
    drop(desk);
}

#[test]
fn a_flush_that_is_refused_leaves_nothing_behind() {
    let mut desk = Desk::new();
    desk.writer.connection.commit_hook(Some(|| true)).unwrap();
    assert!(desk.write(vec![told(1, 1), told(2, 1)]).is_err());
    assert_eq!(desk.events(), 0);
    assert!(desk.writer.connection.is_autocommit());
    desk.writer.connection.commit_hook(None::<fn() -> bool>).unwrap();
    assert_eq!(desk.write(vec![told(3, 1)]).unwrap(), 1);
}

#[test]
fn while_another_process_writes_a_batch_changes_nothing_and_is_not_lost() {
    let mut desk = Desk::new();
    let other = desk.beside();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.writer.connection.busy_timeout(Duration::ZERO).unwrap();
    let error = desk.write(vec![told(1, 1), told(2, 1)]).unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::DatabaseBusy));
    assert!(error.passing().is_some() && !error.is_fatal());
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(desk.write(vec![told(1, 1)]).unwrap(), 1);
}

#[test]
fn on_a_full_disk_a_batch_changes_nothing_and_reading_goes_on() {
    let mut desk = Desk::new();
    desk.write(vec![told(1, 1)]).unwrap();
    let pages: u32 =
        desk.writer.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    desk.writer.connection.pragma_update(None, "max_page_count", pages + 2).unwrap();
    let error = desk.write(vec![told(2, 1), told(3, 100_000), told(4, 1)]).unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::DiskFull));
    assert_eq!(error.passing(), Some("the disk is full"));
    assert!(!error.is_fatal());
    assert_eq!(desk.events(), 1);
    assert!(desk.writer.connection.is_autocommit());
    desk.writer.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    assert_eq!(desk.write(vec![told(3, 100_000)]).unwrap(), 1);
    let found = desk
        .writer
        .connection
        .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(found.unwrap(), "ok");
}

#[test]
fn only_an_unknown_outcome_stops_the_process() {
    use rusqlite::ffi;
    let error =
        |code| StoreError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
    let fatal = [
        ffi::SQLITE_IOERR,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_CORRUPT,
        ffi::SQLITE_NOTADB,
    ];
    for code in fatal {
        assert!(error(code).is_fatal() && !error(code).is_local(), "{code}");
    }
    for code in [ffi::SQLITE_FULL, ffi::SQLITE_BUSY, ffi::SQLITE_READONLY, ffi::SQLITE_NOMEM] {
        assert!(!error(code).is_fatal() && !error(code).is_local(), "{code}");
        assert!(error(code).passing().is_some(), "{code}");
    }
    for code in [ffi::SQLITE_CONSTRAINT, ffi::SQLITE_TOOBIG, ffi::SQLITE_ERROR] {
        assert!(!error(code).is_fatal() && error(code).is_local(), "{code}");
    }
}

#[test]
fn a_look_at_the_log_moves_nothing_and_starting_it_over_waits_for_nobody() {
    let mut desk = Desk::new();
    desk.write((1..=20).map(|number| told(number, 5_000)).collect()).unwrap();
    let length = |desk: &Desk| log_length(&desk.writer.connection).unwrap();
    let before = length(&desk);
    assert!(before.pages > 20 && before.moved == 0, "{before:?}");
    assert_eq!(length(&desk), before);

    // A reader that still needs the log, as a backup does.
    let reader = desk.beside();
    reader.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema").unwrap();
    desk.write(vec![told(21, 1)]).unwrap();
    let patience = Duration::from_hours(1);
    desk.writer.connection.busy_timeout(patience).unwrap();
    restart_log(&desk.writer.connection);
    let timeout = desk.writer.connection.pragma_query_value(None, "busy_timeout", |row| row.get(0));
    assert_eq!(timeout, Ok(5_000));
    assert!(length(&desk).pages > before.pages);

    reader.execute_batch("COMMIT").unwrap();
    restart_log(&desk.writer.connection);
    desk.write(vec![told(22, 1)]).unwrap();
    assert!(length(&desk).pages < before.pages, "{:?}", length(&desk));
}

#[tokio::test]
async fn writes_go_by_key() {
    let house = House::new().await;
    let nothing = Uuid::nil();
    let range = TimeRange { start: Timestamp::UNIX_EPOCH, end: Timestamp::MAX };
    let booking = nothing.into();
    let receipt = Receipt {
        key: ReceiptKey { scope: "s".to_owned(), key: "k".to_owned() },
        made_at: Timestamp::UNIX_EPOCH,
        kept: Kept {
            request: [0; 32],
            answer: Answer { status: 201, location: None, version: None, body: String::new() },
            expires_at: Timestamp::UNIX_EPOCH,
        },
    };
    let commit = || Commit {
        guards: vec![
            Guard::LocationFree { location: nothing.into(), range, booking },
            Guard::StaffFree { staff: nothing.into(), range, booking },
        ],
        events: vec![event(1, 1)],
        receipt: Some(receipt.clone()),
        ..Commit::default()
    };
    let mut db = connection::writer(house.store.path()).unwrap();
    let mut seen = plans(&mut db, |db| {
        let mut batch = Batch::new(db, log::tip(db).unwrap(), Manner::Careful);
        settle::register(db, "name", Start::Beginning).unwrap();
        batch.attempt(&commit()).ok().unwrap().unwrap();
        let settled = |position, was_parked, outcome| Settled {
            position,
            event_id: nothing,
            key: "k".to_owned(),
            was_parked,
            outcome,
        };
        let deliveries = [
            settled(1, false, Outcome::Wait),
            settled(1, true, Outcome::Done),
            settled(2, false, Outcome::Done),
        ];
        let settlement = Settlement {
            subscription: "name".to_owned(),
            generation: 0,
            fence: 0,
            rests_on: 0,
            cursor: Some(2),
            at: Timestamp::UNIX_EPOCH,
            deliveries: deliveries.into(),
        };
        settle::settle(&mut batch, &settlement).ok().unwrap().unwrap();
        batch.finish().unwrap();
    });
    // The triggers, as the schema wrote them.
    for sql in [
        "INSERT INTO bookings DEFAULT VALUES",
        "UPDATE bookings SET scheduled_start = 1, location_id = x'00' WHERE id = x'00'",
        "INSERT INTO assignments DEFAULT VALUES",
        "UPDATE assignments SET live = 1 WHERE id = x'00'",
    ] {
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next().unwrap() {
            seen.extend([row.get::<_, String>(3).unwrap(), "\n".to_owned()]);
        }
    }
    assert_walks_indexes("writes", &seen);
    let wanted = [
        "SEARCH bookings USING INDEX bookings_by_location (location_id=? AND scheduled_start<?)",
        "assignments_by_staff (staff_id=? AND scheduled_start<?)",
        "events_by_subject (subject_id=? AND subject_kind=?)",
        "receipts_by_expiry (expires_at<?)",
        "SEARCH assignments USING INDEX assignments_by_booking (booking_id=?)",
    ];
    for step in wanted {
        assert!(seen.contains(step), "{step} is not in\n{seen}");
    }
}
