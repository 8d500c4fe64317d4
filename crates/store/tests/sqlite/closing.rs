//! Closing the file.

use rishi_app::Store as _;
use rishi_app::commit::CommitError;
use rishi_app::store::QueryError;
use rishi_bus::{Ledger as _, Start};
use rishi_store::sqlite::{Sqlite, SqliteOptions};

use crate::support::File;

#[tokio::test]
async fn a_closed_file_stands_alone_and_holds_everything() {
    let file = File::new().await;
    file.store.commit(file.organization()).await.unwrap();
    let head = *file.store.head().borrow();
    // Whoever still holds on to it is in nobody's way.
    file.store.close().await;
    let names: Vec<_> = std::fs::read_dir(file.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["rishi.db"]);
    assert_eq!(rishi_store::sqlite::verify(&file.path("rishi.db")).unwrap(), head);
}

#[tokio::test]
async fn after_closing_everything_is_refused_as_unavailable() {
    let file = File::new().await;
    let waiting = (0..50).map(|_| file.store.commit(file.organization()));
    let waiting: Vec<_> = waiting.collect();
    let (waited, ()) = tokio::join!(futures::future::join_all(waiting), file.store.close());
    for outcome in waited {
        outcome.unwrap();
    }
    file.store.close().await;
    let refused = file.store.commit(file.organization()).await;
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    for refused in [file.store.ping().await, file.store.ping().await] {
        assert!(matches!(refused, Err(QueryError::Unavailable(_))), "{refused:?}");
    }
    assert!(file.store.register("a", Start::Now).await.is_err());
    assert!(file.store.refresh_head().await.is_err());
}

#[tokio::test]
async fn more_queries_than_readers_wait_for_their_turn() {
    let file = File::new().await;
    let mut options = SqliteOptions::new(file.path("rishi.db"));
    options.readers = 1;
    let narrow = Sqlite::open(options).await.unwrap();
    let asking = (0..100).map(|number| {
        let (store, all) = (narrow.clone(), file.all.clone());
        tokio::spawn(async move {
            if number % 2 == 0 {
                return store.organization(&all, file.house.id).await.unwrap().is_some();
            }
            let paging = rishi_app::store::Paging { limit: 10, offset: 0 };
            store.organizations(&all, paging).await.unwrap().total == 1
        })
    });
    let asking: Vec<_> = asking.collect();
    // Whoever gives up waiting takes no reader along.
    asking.iter().skip(60).for_each(tokio::task::JoinHandle::abort);
    for answer in futures::future::join_all(asking).await.into_iter().flatten() {
        assert!(answer);
    }
    narrow.ping().await.unwrap();
}
