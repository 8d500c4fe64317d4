//! Leases: one holder at a time, on the database's clock, and nothing settled under a lost one.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rishi_bus::lease::{Held, Keeper, Leases as _, Node, of_subscription};
use rishi_bus::{Ledger as _, LedgerError, Outcome, Settled, Settlement, Start};
use rishi_store::postgres::Postgres;
use uuid::Uuid;

use crate::support::House;

const NAME: &str = "tea";
const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(200);

fn node(number: u128) -> Node {
    Node {
        id: Uuid::from_u128(number),
        host: "here".to_owned(),
        address: format!("127.0.0.1:{number}"),
        version: "1".to_owned(),
        roles: vec!["worker".to_owned()],
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Takes a unit once its lease has run out.
async fn claim(store: &Postgres, number: u128, unit: &str, term: Duration) -> u64 {
    let claiming = async {
        loop {
            if let Some(token) = store.claim(id(number), unit, term).await.unwrap() {
                return token;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), claiming).await.unwrap()
}

/// Sets an event aside under a token.
async fn settle(store: &Postgres, fence: u64, position: u64) -> Result<(), LedgerError> {
    let settled = Settled {
        position,
        event_id: Uuid::nil(),
        key: format!("k{position}"),
        was_parked: false,
        outcome: Outcome::Wait,
    };
    let settlement = Settlement {
        subscription: NAME.to_owned(),
        generation: 0,
        fence,
        rests_on: u64::MAX,
        cursor: None,
        at: Timestamp::UNIX_EPOCH,
        deliveries: vec![settled],
    };
    store.settle(settlement).await.map(drop)
}

fn fenced(answer: &Result<(), LedgerError>) -> bool {
    answer.as_ref().is_err_and(LedgerError::is_fenced)
}

#[tokio::test]
async fn a_unit_has_one_holder_until_it_runs_out_or_is_given_back_and_the_token_only_grows() {
    let house = House::new().await;
    let store = &house.store;
    assert_eq!(store.claim(id(1), "relay", LONG).await.unwrap(), Some(1));
    assert_eq!(store.claim(id(2), "relay", LONG).await.unwrap(), None);
    assert_eq!(store.claim(id(1), "relay", LONG).await.unwrap(), None, "not even once more");
    let held = |token| [Held { unit: "relay".to_owned(), token }];
    store.release(id(2), &held(1)).await.unwrap();
    assert_eq!(
        store.claim(id(2), "relay", LONG).await.unwrap(),
        None,
        "it was not its own to give"
    );
    store.release(id(1), &held(1)).await.unwrap();
    assert_eq!(store.claim(id(2), "relay", SHORT).await.unwrap(), Some(2));
    assert_eq!(claim(store, 1, "relay", LONG).await, 3);
    store.release(id(2), &held(2)).await.unwrap();
    let (renewed, seen) = store.beat(&node(2), &[], &held(2), LONG).await.unwrap();
    assert!(renewed.is_empty(), "what was lost is not renewed");
    assert_eq!(seen.leases[0].live_holder(), Some(id(1)));
    store.leave(id(1)).await.unwrap();
    assert_eq!(store.claim(id(2), "relay", LONG).await.unwrap(), Some(4));
}

#[tokio::test]
async fn a_beat_makes_a_node_known_and_prolongs_what_it_holds() {
    let house = House::new().await;
    let units = ["a".to_owned(), "b".to_owned()];
    let token = house.store.claim(id(1), "a", Duration::from_secs(5)).await.unwrap().unwrap();
    let held = [Held { unit: "a".to_owned(), token }];
    let (renewed, seen) = house.store.beat(&node(1), &units, &held, LONG).await.unwrap();
    assert_eq!(renewed, ["a"]);
    assert!(seen.leases[0].left > Duration::from_secs(50), "{seen:?}");
    assert_eq!(
        (seen.nodes[0].node.clone(), seen.nodes[0].units.clone()),
        (node(1), units.to_vec())
    );
    assert!(seen.nodes[0].is_live());
    // What another process sees is the same, and a node that is gone for long is forgotten.
    let old = "UPDATE nodes SET seen_at = seen_at - 3700 * 1000000::bigint";
    house.database.connect().await.execute(old, &[]).await.unwrap();
    let beside = house.beside().await;
    assert!(!beside.cluster().await.unwrap().nodes[0].is_live());
    let (_, seen) = beside.beat(&node(2), &[], &[], LONG).await.unwrap();
    assert_eq!(seen.nodes.iter().map(|one| one.node.id).collect::<Vec<_>>(), [id(2)]);
    assert_eq!(seen.leases[0].live_holder(), Some(id(1)));
}

#[tokio::test]
async fn of_many_that_reach_for_a_unit_one_gets_it() {
    let house = House::new().await;
    let beside = house.beside().await;
    for round in 0..5 {
        let unit = format!("u{round}");
        let reach = |number| {
            let store = Arc::clone(if number % 2 == 0 { &house.store } else { &beside });
            let unit = unit.clone();
            tokio::spawn(async move { store.claim(id(number), &unit, LONG).await.unwrap() })
        };
        let reaching: Vec<_> = (0..8).map(reach).collect();
        let mut got = Vec::new();
        for one in reaching {
            got.extend(one.await.unwrap());
        }
        assert_eq!(got, [1]);
    }
}

#[tokio::test]
async fn i7_nothing_is_settled_under_a_lease_that_ran_out_or_that_another_has() {
    let house = House::new().await;
    let store = &house.store;
    store.register(NAME, Start::Beginning).await.unwrap();
    let unit = of_subscription(NAME);
    settle(store, 0, 1).await.unwrap();
    let first = claim(store, 1, &unit, LONG).await;
    settle(store, first, 2).await.unwrap();
    assert!(fenced(&settle(store, 0, 3).await), "nobody goes past who has it");
    assert!(fenced(&settle(store, first + 1, 3).await));
    // It runs out, and nobody has taken it yet.
    let ended = "UPDATE leases SET until = database_clock() WHERE unit = $1";
    house.database.connect().await.execute(ended, &[&unit]).await.unwrap();
    assert!(fenced(&settle(store, first, 3).await));
    let second = claim(&*house.beside().await, 2, &unit, LONG).await;
    assert!(second > first);
    assert!(fenced(&settle(store, first, 3).await));
    settle(store, second, 4).await.unwrap();
    let mut rows: Vec<_> =
        store.parked_heads(NAME).await.unwrap().into_iter().map(|row| row.position).collect();
    rows.sort_unstable();
    assert_eq!(rows, [1, 2, 4]);
}

#[tokio::test]
async fn i7_a_takeover_waits_for_a_settlement_under_way_and_then_nothing_old_gets_in() {
    let house = House::new().await;
    let store = &house.store;
    store.register(NAME, Start::Beginning).await.unwrap();
    let unit = of_subscription(NAME);
    let first = claim(store, 1, &unit, SHORT).await;
    let mut db = house.database.connect().await;
    let under_way = db.transaction().await.unwrap();
    let hold = "SELECT 1 FROM subscriptions WHERE name = $1 FOR NO KEY UPDATE";
    under_way.query_one(hold, &[&NAME]).await.unwrap();
    let beside = house.beside().await;
    let mut taking = tokio::spawn(async move { claim(&beside, 2, &unit, LONG).await });
    let waits = tokio::time::timeout(Duration::from_millis(700), &mut taking).await;
    assert!(waits.is_err(), "it waits");
    under_way.commit().await.unwrap();
    let second = taking.await.unwrap();
    assert!(second > first);
    assert!(fenced(&settle(store, first, 1).await));
    settle(store, second, 1).await.unwrap();
}

#[tokio::test]
async fn two_nodes_share_units_evenly_and_the_last_has_them_all() {
    let house = House::new().await;
    let start = tokio::time::Instant::now();
    let keeper = |store: &Arc<Postgres>, number| {
        let elapsed = Arc::new(move || start.elapsed());
        let keeper = Arc::new(Keeper::start(Arc::clone(store) as _, node(number), elapsed));
        for unit in 0..6 {
            let mut hold = keeper.hold(format!("u{unit}"));
            tokio::spawn(async move {
                loop {
                    let grant = hold.granted().await;
                    tokio::select! {
                        () = grant.lost() => {}
                        () = grant.wanted() => {}
                    }
                    hold.release(&grant);
                }
            });
        }
        keeper
    };
    let holds = async |keeper: &Keeper, count: usize| {
        let looking = async {
            while keeper.figures().held.len() != count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), looking).await.unwrap();
    };
    let beside = house.beside().await;
    let one = keeper(&house.store, 1);
    holds(&one, 6).await;
    let two = keeper(&beside, 2);
    holds(&two, 3).await;
    holds(&one, 3).await;
    one.leave().await;
    holds(&two, 6).await;
    assert_eq!(two.figures().lost, 0);
}
