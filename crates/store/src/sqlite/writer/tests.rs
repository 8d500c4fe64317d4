//! Batches, one by one: what shares a flush, and what becomes of a batch that cannot be written.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::Commit;
use rishi_app::commit::{Answer, CommitError, Guard, Kept, Receipt, ReceiptKey};
use rishi_bus::{NewEvent, Outcome, Settled, Settlement, Start, Subject};
use rishi_domain::time::TimeRange;
use rusqlite::ErrorCode;
use serde_json::value::RawValue;
use tempfile::TempDir;
use tokio::sync::oneshot;
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
            jobs: flume::unbounded().1,
            batch: 16,
            signals: Signals::new(0),
            recent: Arc::new(Recent::new(0)),
            known: Arc::default(),
            checkpoint: None,
            until_look: LOOK_EVERY,
            gather: Gather::default(),
        };
        Self { folder, writer }
    }

    fn beside(&self) -> Connection {
        connection::writer(&self.folder.path().join("rishi.db")).unwrap()
    }

    /// Writes a batch; how many replies there are, and the newest position or the error.
    fn write(&mut self, jobs: Vec<Job>) -> (usize, Result<usize, StoreError>) {
        let mut replies = Vec::new();
        let written = self.writer.transact(jobs, &mut replies);
        (replies.len(), written.map(|done| done.events.len()))
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
    Job::Commit(Box::new(commit), oneshot::channel().0)
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
    let (replies, written) = desk.write(jobs);
    assert_eq!((replies, written.unwrap(), desk.events()), (50, 40, 40));
    assert_eq!(flushes.load(Ordering::Relaxed), 1);
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
    let known = Arc::default();
    let (jobs, thread) = start(connection, &options, signals.clone(), recent, known, None).unwrap();
    let mut answers = Vec::new();
    for number in 1..=64 {
        let (reply, answer) = oneshot::channel();
        let commit = Commit { events: vec![event(number, 1)], ..Commit::default() };
        jobs.offer(Job::Commit(Box::new(commit), reply)).unwrap();
        answers.push(answer);
    }
    lock.execute_batch("COMMIT").unwrap();
    for answer in answers {
        answer.await.unwrap().unwrap();
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
    let (replies, written) = desk.write(vec![told(1, 1), told(2, 1)]);
    assert!(written.is_err());
    assert_eq!((replies, desk.events()), (2, 0));
    assert!(desk.writer.connection.is_autocommit());
    desk.writer.connection.commit_hook(None::<fn() -> bool>).unwrap();
    assert_eq!(desk.write(vec![told(3, 1)]).1.unwrap(), 1);
}

#[test]
fn while_another_process_writes_a_batch_changes_nothing_and_is_not_lost() {
    let mut desk = Desk::new();
    let other = desk.beside();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.writer.connection.busy_timeout(Duration::ZERO).unwrap();
    let (replies, written) = desk.write(vec![told(1, 1), told(2, 1)]);
    let error = written.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::DatabaseBusy));
    assert!(error.passing().is_some() && !error.is_fatal());
    assert_eq!(replies, 2);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(desk.write(vec![told(1, 1)]).1.unwrap(), 1);
}

#[test]
fn on_a_full_disk_a_batch_changes_nothing_and_reading_goes_on() {
    let mut desk = Desk::new();
    desk.write(vec![told(1, 1)]).1.unwrap();
    let pages: u32 =
        desk.writer.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    desk.writer.connection.pragma_update(None, "max_page_count", pages + 2).unwrap();
    let (replies, written) = desk.write(vec![told(2, 1), told(3, 100_000), told(4, 1)]);
    let error = written.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::DiskFull));
    assert_eq!(error.passing(), Some("the disk is full"));
    assert!(!error.is_fatal());
    assert_eq!((replies, desk.events()), (3, 1));
    assert!(desk.writer.connection.is_autocommit());
    desk.writer.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    assert_eq!(desk.write(vec![told(3, 100_000)]).1.unwrap(), 1);
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
    desk.write((1..=20).map(|number| told(number, 5_000)).collect()).1.unwrap();
    let length = |desk: &Desk| log_length(&desk.writer.connection).unwrap();
    let before = length(&desk);
    assert!(before.pages > 20 && before.moved == 0, "{before:?}");
    assert_eq!(length(&desk), before);

    // A reader that still needs the log, as a backup does.
    let reader = desk.beside();
    reader.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema").unwrap();
    desk.write(vec![told(21, 1)]).1.unwrap();
    let patience = Duration::from_hours(1);
    desk.writer.connection.busy_timeout(patience).unwrap();
    restart_log(&desk.writer.connection);
    let timeout = desk.writer.connection.pragma_query_value(None, "busy_timeout", |row| row.get(0));
    assert_eq!(timeout, Ok(5_000));
    assert!(length(&desk).pages > before.pages);

    reader.execute_batch("COMMIT").unwrap();
    restart_log(&desk.writer.connection);
    desk.write(vec![told(22, 1)]).1.unwrap();
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
        let mut batch = Batch::new(db, log::tip(db).unwrap());
        settle::register(db, "name", Start::Beginning).unwrap();
        batch.attempt(commit()).unwrap().unwrap();
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
            cursor: Some(2),
            at: Timestamp::UNIX_EPOCH,
            deliveries: deliveries.into(),
        };
        settle::settle(&mut batch, settlement).unwrap().unwrap();
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
