//! Nodes that die, and nodes that stand still.

use std::time::{Duration, Instant};

use super::Town;
use crate::support::eventually;
use crate::support::seed::times;
use crate::support::wait::within;

#[tokio::test]
async fn postgres_a_killed_node_is_followed_within_ten_seconds_and_nothing_is_lost_or_doubled() {
    let mut town = Town::of(3).await;
    town.shared_by(3).await;
    let before = town.book(6).await;
    town.told_once(&before).await;
    // Whoever sends webhooks dies; where that is the first node, people go on at another.
    let (holder, _) = town.holders()["webhooks"].clone();
    if let Some(index) = town.beside.iter().position(|one| one.address() == holder) {
        town.beside.remove(index).kill();
    } else {
        town.world.server.kill();
        let next = town.beside.remove(0);
        town.world.moved_to(next);
    }
    let died = Instant::now();
    let after = town.book(6).await;
    within(Duration::from_secs(10), "others go on with its work", async || {
        let told = town.told();
        after.iter().all(|booking| told.contains_key(booking)).then_some(())
    })
    .await;
    eprintln!("work went on {:.1} s after the kill", died.elapsed().as_secs_f64());
    let all = [before, after].concat();
    town.shared_by(2).await;
    town.told_under_one_id(&all).await;
    town.noted_once(&all).await;
    town.is_whole().await;
    town.told_under_one_id(&all).await;
}

#[tokio::test]
async fn postgres_i7_a_node_that_stood_still_past_its_leases_commits_nothing_and_doubles_nothing() {
    let town = Town::of(2).await;
    town.shared_by(2).await;
    let frozen = &town.beside[0];
    let mut held = town.holders();
    held.retain(|_, (at, _)| *at == frozen.address());
    assert!(held.len() > 5, "{held:?}");
    // It stands still in the middle of work.
    let here = town.world.manager.moved_to(&town.world.server.base);
    let mut bookings = Vec::new();
    for number in 0..8 {
        bookings.push(town.world.draft_by(&here).await.is(201).id());
        if number == 3 {
            frozen.freeze();
        }
    }
    eventually("all is with the other", async || {
        let (here, now) = (town.world.server.address(), town.holders());
        held.keys().all(|unit| now.get(unit).is_some_and(|(at, _)| *at == here)).then_some(())
    })
    .await;
    let now = town.holders();
    for (unit, (_, before)) in &held {
        assert!(now[unit].1 > *before, "{unit}: a takeover raises the token");
    }
    town.told_under_one_id(&bookings).await;
    town.noted_once(&bookings).await;
    let longer = times("RISHI_FREEZE_SECONDS", 0);
    tokio::time::sleep(Duration::from_secs(longer as u64)).await;
    frozen.thaw();
    let here = town.world.manager.moved_to(&town.world.server.base);
    for _ in 0..8 {
        bookings.push(town.world.draft_by(&here).await.is(201).id());
    }
    town.shared_by(2).await;
    town.told_under_one_id(&bookings).await;
    town.noted_once(&bookings).await;
    town.is_whole().await;
    town.told_under_one_id(&bookings).await;
    assert!(frozen.log().contains("a lease ran out"), "it noticed by itself");
}
