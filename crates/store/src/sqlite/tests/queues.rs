//! Queues that are full: who comes then is told so at once, and who waits is served.

use futures::future::join_all;
use rishi_app::commit::{Commit, CommitError};
use rishi_app::store::Store as _;

use super::*;
use crate::sqlite::error::StoreError;
use crate::sqlite::readers::MOST_WAITING;

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_last_query_that_may_wait_one_is_refused_and_those_that_wait_are_answered() {
    let folder = TempDir::new().unwrap();
    let options =
        SqliteOptions { readers: 1, ..SqliteOptions::new(folder.path().join("rishi.db")) };
    let store = Sqlite::open(options).await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let busy = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let hold = store.readers.scan(move |_| {
                begun.send(()).unwrap();
                gone.recv().unwrap();
                Ok(())
            });
            hold.await
        }
    });
    has_begun.await.unwrap();
    let waiting: Vec<_> = (0..MOST_WAITING)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.readers.point(|_| Ok(())).await })
        })
        .collect();
    while store.figures().waiting_reads < MOST_WAITING as u64 {
        tokio::task::yield_now().await;
    }
    let refused = store.readers.point(|_| Ok(())).await;
    assert!(matches!(refused, Err(StoreError::Crowded)), "{refused:?}");
    go.send(()).unwrap();
    busy.await.unwrap().unwrap();
    for answer in join_all(waiting).await {
        answer.unwrap().unwrap();
    }
    assert_eq!(store.figures().waiting_reads, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_last_commit_that_may_wait_one_is_refused_and_those_that_wait_are_made() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rishi.db");
    let store =
        Sqlite::open(SqliteOptions { queue: 2, ..SqliteOptions::new(&path) }).await.unwrap();
    let commit = |store: &Arc<Sqlite>| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.commit(Commit::default()).await })
    };
    // Another process holds the file, for less than the writer waits for it.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = vec![commit(&store)];
    // The writer takes what there is and then waits for the file; what comes after that fills the queue.
    while store.figures().waiting_writes < store.figures().most_waiting_writes {
        waiting.push(commit(&store));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let refused = store.commit(Commit::default()).await;
    assert!(matches!(refused, Err(CommitError::Unavailable(why)) if why.contains("too many")));
    other.execute_batch("ROLLBACK").unwrap();
    for answer in join_all(waiting).await {
        answer.unwrap().unwrap();
    }
}
