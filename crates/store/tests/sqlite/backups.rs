//! Copies of the file in use.

use rishi_app::Store as _;
use rishi_bus::Ledger as _;
use rishi_store::sqlite::{OpenError, Progress, Sqlite, SqliteOptions, verify};
use rusqlite::Connection;

use crate::support::File;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_writing_is_one_moments_state() {
    let file = File::new().await;
    // Enough pages for the copy to take several steps.
    for _ in 0..20 {
        let commits = (0..250).map(|_| file.store.commit(file.organization()));
        futures::future::join_all(commits).await;
    }
    let before = *file.store.head().borrow();
    let (copy, store) = (file.path("copy.db"), file.store.clone());
    let (stop, mut stopped) = tokio::sync::oneshot::channel();
    let to = copy.clone();
    let copying = tokio::task::spawn_blocking(move || {
        let mut steps: Vec<Progress> = Vec::new();
        let outcome = store.backup(&to, &mut |progress| steps.push(progress));
        stop.send(()).unwrap();
        outcome.map(|()| steps)
    });
    while stopped.try_recv().is_err() {
        file.store.commit(file.organization()).await.unwrap();
    }
    let steps = copying.await.unwrap().unwrap();
    assert!(steps.len() > 1 && steps.is_sorted_by_key(|step| step.done), "{steps:?}");
    let last = steps.last().unwrap();
    assert_eq!(last.done, last.total);

    let copied = verify(&copy).unwrap();
    assert!((before..=*file.store.head().borrow()).contains(&copied));
    assert!(!file.path("copy.db-wal").exists());
    // Rows and events are of the same moment: each organization has one event.
    let db = Connection::open(&copy).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
    let organizations = count("SELECT count(*) FROM organizations");
    let events = count("SELECT count(*) FROM events WHERE subject_kind = 'organization'");
    assert_eq!(organizations, events);
    drop(db);

    let restored = Sqlite::open(SqliteOptions::new(&copy)).await.unwrap();
    assert_eq!(restored.refresh_head().await.unwrap(), copied);
    restored.commit(file.organization()).await.unwrap();
    assert_eq!(restored.refresh_head().await.unwrap(), copied + 1);
    assert!(restored.organization(&file.all, file.house.id).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_no_database_of_this_platform_is_refused() {
    let file = File::new().await;
    let text = file.path("notes.txt");
    std::fs::write(&text, "these are notes, and quite many of them\n".repeat(200)).unwrap();
    assert!(matches!(verify(&text), Err(OpenError::Foreign(_))));
    let empty = file.path("empty.db");
    std::fs::write(&empty, "").unwrap();
    assert!(matches!(verify(&empty), Err(OpenError::Foreign(_))));
    let theirs = file.path("theirs.db");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE bookings (x)").unwrap();
    assert!(matches!(verify(&theirs), Err(OpenError::Foreign(_))));
    assert!(verify(&file.path("nowhere.db")).is_err());
    assert!(!file.path("nowhere.db").exists());
}

#[tokio::test]
async fn a_damaged_copy_is_refused() {
    let file = File::new().await;
    for _ in 0..20 {
        file.store.commit(file.organization()).await.unwrap();
    }
    let copy = file.path("copy.db");
    file.store.backup(&copy, &mut |_| ()).unwrap();
    verify(&copy).unwrap();
    let whole = std::fs::read(&copy).unwrap();

    let short = file.path("short.db");
    std::fs::write(&short, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(verify(&short), Err(OpenError::Damaged { .. })));

    // Every page but the first holds something: a scratch through any of them is found.
    for page in [2, whole.len() / 4_096 - 2] {
        let mut scratched = whole.clone();
        scratched[page * 4_096..page * 4_096 + 200].fill(0xA5);
        let path = file.path("scratched.db");
        std::fs::write(&path, scratched).unwrap();
        let refused = verify(&path);
        assert!(matches!(refused, Err(OpenError::Damaged { .. })), "page {page}: {refused:?}");
    }
}
