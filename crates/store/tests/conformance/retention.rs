//! Events that are removed for good, on order.

use rishi_app::Store as _;
use rishi_app::events::subject;
use rishi_app::webhooks::{Replay, WebhookChange};
use rishi_bus::{Checkpoint, Desk as _, Ledger as _, Order, Outcome, RowState, Start};

use crate::operated::{
    BESIDE, NAME, catch_up, dead, order, orders, refusal, replay, rows, say, settle, skipped,
    subscribed, verified,
};
use crate::webhooks::{attempt, attempted, change, later, owe, owed, stored};
use crate::world::{Fixture, World};

fn retain(through: u64) -> Order {
    Order::Retain { through }
}

pub(crate) async fn versions_and_the_chain_go_on_after_retention<F: Fixture>() {
    let world = subscribed::<F>().await;
    let story = subject::booking(world.id());
    for _ in 0..3 {
        say(&world, story.clone()).await;
    }
    catch_up(&world).await;
    let before = verified::<F>(&world.store).await;
    let head = before.head.position;
    assert_eq!(order(&world, retain(head - 1)).await.unwrap(), head - 1);
    assert_eq!(world.store.retained_version("booking", story.id()).await.unwrap(), 2);
    assert_eq!(world.store.retained_version("location", story.id()).await.unwrap(), 0);
    catch_up(&world).await;
    // The last one goes too; no event of the story is left.
    order(&world, retain(head)).await.unwrap();
    assert_eq!(world.store.retained_version("booking", story.id()).await.unwrap(), 3);
    assert_eq!(world.store.anchor().await.unwrap(), before.head);
    let id = say(&world, story).await;
    let said = world.store.event_by_id(id).await.unwrap().unwrap();
    assert_eq!((said.position, said.version), (head + 3, 4));
    // A checkpoint from before still stands where the chain begins now.
    let after = rishi_bus::verify(&*world.store, Some(before.head), &mut |_| {}).await.unwrap();
    assert_eq!((after.anchor, after.events), (before.head, 3));
}

pub(crate) async fn what_was_removed_is_found_nowhere<F: Fixture>() {
    let world = subscribed::<F>().await;
    let id = say(&world, subject::booking(world.id())).await;
    let gone = world.log_length().await as u64;
    catch_up(&world).await;
    let kept = say(&world, subject::booking(world.id())).await;
    order(&world, retain(gone)).await.unwrap();
    let store = &world.store;
    let left: Vec<u64> = store.read(0, 1_000).await.unwrap().iter().map(|e| e.position).collect();
    assert_eq!(left, [gone + 1, gone + 2]);
    assert!(rishi_bus::Ledger::event(&**store, gone).await.unwrap().is_none());
    assert!(store.event_by_id(id).await.unwrap().is_none());
    assert!(rishi_app::Store::event(&**store, &world.all(), id).await.unwrap().is_none());
    assert!(store.event_by_id(kept).await.unwrap().is_some());
    assert_eq!(store.chain(0, 1_000).await.unwrap().len(), 2);
}

pub(crate) async fn nothing_goes_that_somebody_still_needs<F: Fixture>() {
    let world = subscribed::<F>().await;
    let before = world.log_length().await;
    settle(&world, NAME, 5, Vec::new()).await;
    settle(&world, BESIDE, 4, Vec::new()).await;
    assert!(refusal(&world, retain(5)).await.contains(BESIDE));
    let parked = vec![(5, "a", skipped()), (6, "b", Outcome::Wait), (7, "c", dead("no"))];
    settle(&world, BESIDE, 8, parked).await;
    settle(&world, NAME, 8, Vec::new()).await;
    assert!(refusal(&world, retain(6)).await.contains(BESIDE));
    refusal(&world, retain(7)).await;
    assert_eq!(world.log_length().await, before);
    assert_eq!(world.store.anchor().await.unwrap(), Checkpoint::GENESIS);
    // An endpoint that is still to be told of an event needs it, and one that asked for it again.
    let endpoint = stored(&world, false).await;
    let (webhook_id, now) = (endpoint.id, endpoint.created_at);
    owe(&world, vec![owed(&endpoint, 5, 1, now)]).await;
    assert!(refusal(&world, retain(5)).await.contains(&webhook_id.to_string()));
    attempted(&world, attempt(&endpoint, 5, now, Some(later(now, 5)), Some("no"))).await;
    assert!(refusal(&world, retain(5)).await.contains(&webhook_id.to_string()));
    let given_up =
        WebhookChange::GivenUp { webhook_id, position: 5, why: "no".to_owned(), at: now };
    world.put([change(given_up)]).await;
    let replay = Replay { from: 5, through: 9 };
    world.put([change(WebhookChange::ReplayAsked { webhook_id, replay })]).await;
    assert!(refusal(&world, retain(5)).await.contains(&webhook_id.to_string()));
    let replayed =
        WebhookChange::Replayed { webhook_id, before: replay, left: None, owed: Vec::new() };
    world.put([change(replayed)]).await;
    let before = world.log_length().await;
    // What was given up is no obstacle, and goes along.
    order(&world, retain(5)).await.unwrap();
    assert_eq!(rows(&world, BESIDE).await, [(6, RowState::Waiting), (7, RowState::Dead)]);
    for through in [before as u64 + 2, u64::MAX] {
        let why = refusal(&world, retain(through)).await;
        assert!(why.contains("not in the log"), "{why}");
    }
    verified::<F>(&world.store).await;
}

pub(crate) async fn a_log_may_be_removed_whole_and_goes_on<F: Fixture>() {
    let world = subscribed::<F>().await;
    catch_up(&world).await;
    let head = world.log_length().await as u64;
    order(&world, retain(head)).await.unwrap();
    let left = world.log().await;
    assert_eq!(left.iter().map(|event| event.position).collect::<Vec<_>>(), [head + 1]);
    // The same once more changes nothing.
    assert_eq!(order(&world, retain(head)).await.unwrap(), 0);
    let anchor = world.store.anchor().await.unwrap();
    let commit = orders(&world, vec![]);
    let World { fixture, store, app, .. } = world;
    drop(app);
    F::close(store).await;
    let again = fixture.open().await;
    assert_eq!((*again.head().borrow(), again.anchor().await.unwrap()), (head + 2, anchor));
    again.commit(commit).await.unwrap();
    assert_eq!(verified::<F>(&again).await.head.position, head + 3);
}

pub(crate) async fn nobody_begins_before_the_log_does<F: Fixture>() {
    let world = subscribed::<F>().await;
    catch_up(&world).await;
    order(&world, retain(6)).await.unwrap();
    for (name, start, cursor) in [
        ("beginning", Start::Beginning, 6),
        ("removed", Start::After(2), 6),
        ("left", Start::After(8), 8),
    ] {
        assert_eq!(world.store.register(name, start).await.unwrap(), cursor, "{name}");
    }
    let why = refusal(&world, replay(NAME, 5)).await;
    assert!(why.contains('6'), "{why}");
    order(&world, replay(NAME, 6)).await.unwrap();
}
