//! A commit is whole or not at all.

use jiff::SignedDuration;
use rishi_app::commit::{
    Answer, Change, CommitError, Committed, Expected, Kept, Receipt, ReceiptKey,
};
use rishi_app::events::subject;
use rishi_app::{Commit, Store as _};
use rishi_bus::Ledger as _;
use rishi_domain::booking::StaffRequirements;
use rishi_domain::booking::{ActivityType, Booking, BookingStatus, OperationType, Priority};
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::money::Money;
use rishi_domain::organization::Organization;
use rishi_domain::permission::Role;
use rishi_domain::user::User;
use serde_json::json;
use serde_json::value::RawValue;

use crate::things::{at, expected, free, hour, next, put};
use crate::world::{Fixture, World};

pub(crate) async fn what_was_put_is_read_back_whole<F: Fixture>() {
    let world = World::<F>::new().await;
    let plain = world.booking(0, 1);
    let full = Booking {
        title: "Fête \"Ünïcode\" 🎉 \\ %_' ;--".to_owned(),
        description: Some("line one\nline two\t\u{1}".to_owned()),
        operation_type: OperationType::Retail,
        activity_type: Some(ActivityType::TradeShow),
        priority: Priority::Urgent,
        location_id: Some(world.place.id),
        scheduled_start: at("2030-05-01T12:00:00.123456Z"),
        scheduled_end: at("2030-05-01T13:00:00.654321Z"),
        budget: Some(Money::from_minor(123_456)),
        actual_cost: Some(Money::MAX),
        requirements: Some(json!({"a": [1, 2.5, null, {"b": "ü"}], "c": 0.1})),
        staff_requirements: Some(StaffRequirements { count: Some(3), ..Default::default() }),
        equipment_requirements: Some(json!("a tent")),
        status: BookingStatus::PendingApproval,
        notes: Some(String::new()),
        submitted_by: Some(world.author.id),
        ..world.booking(2, 3)
    };
    world.put([put(&plain), put(&full)]).await;
    assert_eq!(world.stored(plain.id).await, Some(plain));
    assert_eq!(world.stored(full.id).await, Some(full));
    let all = world.all();
    let place = world.store.location(&all, world.place.id).await.unwrap();
    assert_eq!(place.as_ref(), Some(&world.place));
    let client = world.store.organization(&all, world.client.id).await.unwrap();
    assert_eq!(client.as_ref(), Some(&world.client));
    assert_eq!(world.store.user(&all, world.author.id).await.unwrap(), Some(world.author));
}

pub(crate) async fn a_change_without_an_event_is_malformed_and_changes_nothing<F: Fixture>() {
    let world = World::<F>::new().await;
    let (told, untold) = (world.booking(0, 1), world.booking(2, 3));
    let before = world.log_length().await;
    let mut commit = world.told(vec![put(&told)]);
    commit.changes.push(put(&untold));
    let refused = world.commit(commit).await.unwrap_err();
    assert!(matches!(refused, CommitError::Malformed(_)), "{refused:?}");
    assert_eq!(world.stored(told.id).await, None);
    assert_eq!(world.stored(untold.id).await, None);
    assert_eq!(world.log_length().await, before);
}

pub(crate) async fn an_event_that_is_malformed_takes_its_change_with_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await;
    let booking = world.booking(0, 1);
    let mut no_object = world.told(vec![put(&booking)]);
    no_object.events[0].data = RawValue::from_string("[]".to_owned()).unwrap();
    let mut no_word = world.told(vec![put(&booking)]);
    no_word.events[0].event_type = "not a word".into();
    for commit in [no_object, no_word] {
        let refused = world.commit(commit).await.unwrap_err();
        assert!(matches!(refused, CommitError::Malformed(_)), "{refused:?}");
    }
    assert_eq!(world.stored(booking.id).await, None);
    assert_eq!(world.log_length().await, before);
}

pub(crate) async fn one_refused_part_refuses_the_whole<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await;
    let good = world.booking(0, 1);
    let bad = Booking { location_id: Some(world.id::<LocationId>()), ..world.booking(2, 3) };
    world.commit(world.told(vec![put(&good), put(&bad)])).await.unwrap_err();
    assert_eq!(world.stored(good.id).await, None);
    assert_eq!(world.log_length().await, before);
    world.put([put(&good)]).await;
    assert_eq!(world.stored(good.id).await, Some(good));
}

pub(crate) async fn an_address_in_use_in_any_case_is_a_duplicate<F: Fixture>() {
    let world = World::<F>::new().await;
    let person = |email: &str| {
        let user = User { id: world.id(), email: email.to_owned(), ..world.author.clone() };
        Change::User(Box::new(user))
    };
    world.put([person("Änne@example.com")]).await;
    for again in ["Änne@example.com", "ÄNNE@EXAMPLE.COM", "änne@Example.com"] {
        let refused = world.commit(world.told(vec![person(again)])).await.unwrap_err();
        assert!(matches!(refused, CommitError::Duplicate("email")), "{again}: {refused:?}");
    }
    world.put([person("anne@example.com")]).await;
}

pub(crate) async fn a_second_membership_in_an_organization_is_a_duplicate<F: Fixture>() {
    let world = World::<F>::new().await;
    let first = world.store.memberships(world.author.id).await.unwrap().remove(0);
    let second = Membership { id: world.id(), role: Role::ClientUser, ..first };
    let commit = world.told(vec![Change::Membership(Box::new(second))]);
    let refused = world.commit(commit).await.unwrap_err();
    assert!(matches!(refused, CommitError::Duplicate("membership")), "{refused:?}");
}

pub(crate) async fn a_row_that_names_what_is_not_there_is_refused<F: Fixture>() {
    let world = World::<F>::new().await;
    let nowhere = Booking { organization_id: world.id(), ..world.booking(0, 1) };
    let nobody = Booking { created_by: world.id(), ..world.booking(0, 1) };
    let no_place = Booking { location_id: Some(world.id()), ..world.booking(0, 1) };
    let ownerless = Location {
        id: world.id(),
        organization_id: Some(world.id::<OrganizationId>()),
        ..world.place.clone()
    };
    let no_booking = crate::things::assignment(world.id(), &world.booking(0, 1), world.author.id);
    let changes = [
        put(&nowhere),
        put(&nobody),
        put(&no_place),
        Change::Location(Box::new(ownerless)),
        Change::Assignment(Box::new(no_booking)),
    ];
    for change in changes {
        let name = format!("{change:?}");
        let refused = world.commit(world.told(vec![change])).await.unwrap_err();
        assert!(matches!(refused, CommitError::UnknownReference(_)), "{name}: {refused:?}");
    }
}

pub(crate) async fn a_commit_of_events_alone_and_one_of_nothing_are_whole<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await as u64;
    let event = world.event(subject::booking(world.id()), "NOTHING_PUT");
    let told = Commit { events: vec![event], ..Commit::default() };
    let committed = world.commit(told).await.unwrap();
    assert!(matches!(committed, Committed::Fresh { first, .. } if first == Some(before + 1)));
    let committed = world.commit(Commit::default()).await.unwrap();
    assert!(matches!(committed, Committed::Fresh { first, .. } if first == Some(before + 1)));
    assert_eq!(world.log_length().await as u64, before + 1);
}

pub(crate) async fn a_commit_that_nobody_waits_for_is_not_cut_in_half<F: Fixture>() {
    let world = World::<F>::new().await;
    let bookings: Vec<Booking> = (0..20).map(|at| world.booking(at, at + 1)).collect();
    for booking in &bookings {
        let mut future = world.store.commit(world.told(vec![put(booking)]));
        // Asked once, then dropped, as when a client hangs up.
        let asked = std::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context).is_ready())
        });
        asked.await;
    }
    // What is under way is finished before the engine is closed.
    let all = world.all();
    let World { fixture, store, app, .. } = world;
    drop(app);
    F::close(store).await;
    let again = fixture.open().await;
    let told = again.read(0, 100_000).await.unwrap();
    for booking in bookings {
        let row = again.booking_row(&all, booking.id).await.unwrap().is_some();
        let event = told.iter().any(|event| event.subject == subject::booking(booking.id));
        assert_eq!(row, event, "row and event of {}", booking.id);
    }
}

pub(crate) async fn one_unwritable_commit_does_not_spoil_those_beside_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..40 {
        let unwritable = number % 4 == 0;
        let mut row = world.client.clone();
        row.id = world.id();
        if unwritable {
            // No engine has a column for such a version.
            row.version = u64::MAX;
        }
        let commit = world.told(vec![Change::Organization(Box::new(Organization { ..row }))]);
        let store = world.store.clone();
        running.spawn(async move { (unwritable, store.commit(commit).await) });
    }
    while let Some(done) = running.join_next().await {
        let (unwritable, outcome) = done.unwrap();
        assert_eq!(outcome.is_err(), unwritable, "{outcome:?}");
    }
    assert_eq!(world.store.refresh_head().await.unwrap(), world.log_length().await as u64);
}

pub(crate) async fn what_is_asked_for_at_once_comes_to_what_it_would_alone<F: Fixture>() {
    let world = World::<F>::new().await;
    let (taken, edited) = (world.booking_there(0, 2), world.booking(0, 1));
    world.put([put(&taken), put(&edited)]).await;
    let answer = Answer { status: 201, location: None, version: Some(1), body: "{}".to_owned() };
    let receipt = Receipt {
        key: ReceiptKey { scope: "client".to_owned(), key: "k".to_owned() },
        made_at: hour(0),
        kept: Kept {
            request: [1; 32],
            answer,
            expires_at: hour(0) + SignedDuration::from_hours(24),
        },
    };
    let before = world.log_length().await;
    let (mut running, mut free_slots) = (tokio::task::JoinSet::new(), Vec::new());
    for number in 0..60_i64 {
        let kind = number % 6;
        let commit = match kind {
            0..3 => {
                let booking = world.booking_there(10 + number * 2, 12 + number * 2);
                free_slots.push(booking.id);
                let guards = vec![free(&booking)];
                Commit { guards, ..world.told(vec![put(&booking)]) }
            }
            3 => {
                let booking = world.booking_there(1, 3);
                Commit { guards: vec![free(&booking)], ..world.told(vec![put(&booking)]) }
            }
            4 => {
                let expected: Vec<Expected> = vec![expected(&edited)];
                Commit { expected, ..world.told(vec![put(&next(&edited))]) }
            }
            _ => {
                let booking = world.booking(number, number + 1);
                Commit { receipt: Some(receipt.clone()), ..world.told(vec![put(&booking)]) }
            }
        };
        let store = world.store.clone();
        running.spawn(async move { (kind, store.commit(commit).await) });
    }
    let (mut edits, mut answers) = (0, 0);
    for (kind, outcome) in running.join_all().await {
        match (kind, outcome) {
            (0..3, Ok(Committed::Fresh { .. }))
            | (4, Err(CommitError::VersionConflict { expected: 1, actual: Some(2), .. })) => {}
            (3, Err(CommitError::LocationTaken(conflicts))) => {
                assert_eq!(conflicts.len(), 1, "{conflicts:?}");
                assert_eq!(conflicts[0].booking_id, taken.id);
            }
            (4, Ok(Committed::Fresh { .. })) => edits += 1,
            (5, Ok(Committed::Fresh { .. })) => answers += 1,
            (5, Ok(Committed::Replayed(answer))) => assert_eq!(answer, receipt.kept.answer),
            (kind, outcome) => panic!("{kind}: {outcome:?}"),
        }
    }
    assert_eq!((edits, answers), (1, 1));
    for id in &free_slots {
        assert!(world.stored(*id).await.is_some());
    }
    assert_eq!(world.log_length().await - before, free_slots.len() + edits + answers);
}
