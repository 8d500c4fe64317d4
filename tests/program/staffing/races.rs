//! Many want one person.

use std::collections::BTreeMap;

use futures::future::join_all;
use serde_json::json;

use super::cast::{agent, assign, reasons, trust};
use crate::support::World;
use crate::support::drafts::{between, minute};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i2_of_a_hundred_who_want_one_person_at_once_one_wins_and_the_others_learn_why() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let mut bookings = Vec::new();
    for number in 0..100 {
        // Each overlaps every other, none is the same.
        let body = between(&world.organization, None, &minute(number), &minute(120 + number));
        bookings.push(world.admin.post("/api/bookings", &body).await.is(201).id());
    }
    let people = [&ann];
    let sent = bookings.iter().map(|booking| assign(&world.admin, booking, &people));
    let (mut won, mut codes) = (0, BTreeMap::<String, usize>::new());
    for answer in join_all(sent).await {
        if answer.status == 201 {
            won += 1;
            continue;
        }
        let refused = answer.refused(409, "staff_unavailable");
        let [(who, why)] = &reasons(&refused)[..] else { panic!("{refused:#?}") };
        assert_eq!(who, &ann.id);
        let conflicts = &refused.list("problems")[0]["reasons"][0]["conflicts"];
        assert!(conflicts[0]["bookingId"].is_string(), "the loser learns to whom: {refused:#?}");
        for (code, kind) in why {
            assert_eq!(kind, "hard");
            *codes.entry(code.clone()).or_default() += 1;
        }
    }
    assert_eq!(won, 1);
    assert_eq!(codes, BTreeMap::from([("double_booked".to_owned(), 99)]));
    let query =
        format!("/api/bookings?organizationId={}&assignedStaff={}", world.organization, ann.id);
    let theirs = world.admin.get(&query).await.is(200);
    assert_eq!(theirs.body["pagination"]["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i2_of_many_who_put_one_person_on_one_booking_one_wins() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let booking = world.draft().await.id();
    let people = [&ann];
    let sent = (0..30).map(|_| assign(&world.admin, &booking, &people));
    let mut won = 0;
    for answer in join_all(sent).await {
        if answer.status == 201 {
            won += 1;
            continue;
        }
        let refused = answer.refused(409, "staff_unavailable");
        assert_eq!(reasons(&refused)[0].1[0].0, "already_assigned");
    }
    assert_eq!(won, 1);
    assert_eq!(world.story(&booking).await.len(), 2, "made once, staffed once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i2_many_people_get_onto_one_booking_at_once() {
    let world = World::new().await;
    trust(&world).await;
    let mut people = Vec::new();
    for _ in 0..15 {
        people.push(agent(&world).await);
    }
    let booking = world.draft().await.id();
    let mine: Vec<_> = people.iter().map(|one| vec![one]).collect();
    let sent = mine.iter().map(|one| assign(&world.admin, &booking, one));
    for answer in join_all(sent).await {
        answer.is(201);
    }
    let seen = world.admin.get(&format!("/api/bookings/{booking}")).await.is(200);
    assert_eq!((seen.version(), &seen.body["staffCount"]), (16, &json!(15)));
}
