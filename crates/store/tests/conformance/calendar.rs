//! Calendar feeds, and what was cancelled of somebody's work.

use rishi_app::calendar::{CalendarChange, CalendarQueries as _};
use rishi_app::commit::{Change, CommitError, TokenRow};
use rishi_app::credentials::AccessChange;
use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::calendar::{CalendarFeed, FeedKind};
use rishi_domain::id::TokenId;
use rishi_domain::permission::{Capability, Role};
use rishi_domain::time::TimeRange;
use rishi_domain::user::UserStatus;

use crate::things::{assignment, hour};
use crate::world::{ALL, Fixture, World};

fn feed<F: Fixture>(world: &World<F>, token_id: Option<TokenId>) -> CalendarFeed {
    CalendarFeed {
        id: world.id(),
        user_id: world.author.id,
        kind: FeedKind::Location,
        location_id: Some(world.place.id),
        organization_id: None,
        name: Some("Main Street".to_owned()),
        token_id,
        created_at: hour(0),
    }
}

fn created(feed: &CalendarFeed, digest: [u8; 32]) -> Change {
    Change::Calendar(CalendarChange::Created { feed: Box::new(feed.clone()), digest })
}

pub(crate) async fn a_feed_is_found_by_its_digest_until_it_is_revoked<F: Fixture>() {
    let world = World::<F>::new().await;
    let (one, other) = (feed(&world, None), feed(&world, None));
    world.put([created(&one, [1; 32]), created(&other, [2; 32])]).await;
    let found = world.store.calendar_feed(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((&found.feed, found.status, found.grants.len()), (&one, UserStatus::Active, 1));
    assert_eq!(found.expires_at, None);
    assert!(world.store.calendar_feed(&[3; 32]).await.unwrap().is_none());
    assert_eq!(world.store.calendar_feed_of(other.id).await.unwrap().as_ref(), Some(&other));
    let listed = world.store.calendar_feeds(one.user_id, None, ALL).await.unwrap();
    assert_eq!((listed.items, listed.total), (vec![other.clone(), one.clone()], 2));

    let revoked = || Change::Calendar(CalendarChange::Revoked(one.id));
    world.put([revoked()]).await;
    assert!(world.store.calendar_feed(&[1; 32]).await.unwrap().is_none());
    assert!(world.store.calendar_feed_of(one.id).await.unwrap().is_none());
    let again = world.commit(world.told(vec![revoked()])).await;
    assert!(matches!(again, Err(CommitError::UnknownReference(_))), "{again:?}");
    assert!(world.store.calendar_feed(&[2; 32]).await.unwrap().is_some());
}

pub(crate) async fn a_feed_that_a_token_made_has_what_the_token_grants_and_ends_with_it<
    F: Fixture,
>() {
    let world = World::<F>::new().await;
    let token = TokenRow {
        id: world.id(),
        user_id: world.author.id,
        organization_id: world.client.id,
        name: "calendar".to_owned(),
        digest: [9; 32],
        scopes: Some(vec![Capability::ReadBookings]),
        made_by: None,
        expires_at: hour(100),
        created_at: hour(0),
    };
    let one = feed(&world, Some(token.id));
    world.put([Change::Token(Box::new(token.clone())), created(&one, [1; 32])]).await;
    let found = world.store.calendar_feed(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(found.expires_at, Some(token.expires_at));
    let only: Vec<_> = found.grants.iter().map(|grant| grant.only.clone()).collect();
    assert_eq!(only, std::slice::from_ref(&token.scopes));
    let by_token = |token| world.store.calendar_feeds(one.user_id, token, ALL);
    assert_eq!(by_token(Some(token.id)).await.unwrap().total, 1);
    assert_eq!(by_token(Some(world.id())).await.unwrap().total, 0);

    world.put([Change::Access(Box::new(AccessChange::TokenRevoked(token.id)))]).await;
    assert!(world.store.calendar_feed(&[1; 32]).await.unwrap().is_none());
    assert_eq!(by_token(None).await.unwrap().total, 1, "its owner still sees that it was there");
}

pub(crate) async fn a_shift_that_its_bookings_cancellation_ended_is_found_and_no_other<
    F: Fixture,
>() {
    let world = World::<F>::new().await;
    let agent = world.member(&world.house, Role::BrandAgent, &[world.client.id]).await.user.id;
    let bookings = [0, 10, 20, 30].map(|from| world.booking(from, from + 2));
    let assignments = bookings.each_ref().map(|one| assignment(world.id(), one, agent));
    for (booking, assignment) in bookings.iter().zip(&assignments) {
        world
            .put([
                Change::Booking(Box::new(booking.clone())),
                Change::Assignment(Box::new(assignment.clone())),
            ])
            .await;
    }
    // The first is cancelled and the person released because of it; of the second the person was
    // released before; the third goes on without the person; the fourth is as it was.
    let next = |index: usize, status, released: Option<i64>, at: i64| {
        let booking =
            Booking { status, updated_at: hour(at), version: 2, ..bookings[index].clone() };
        let mut assignment = assignments[index].clone();
        assignment.status = AssignmentStatus::Released;
        assignment.version = 2;
        assignment.updated_at = hour(released.unwrap_or(at));
        [Change::Booking(Box::new(booking)), Change::Assignment(Box::new(assignment))]
    };
    world.put(next(0, BookingStatus::Cancelled, None, 1)).await;
    world.put(next(1, BookingStatus::Cancelled, Some(0), 1)).await;
    world.put(next(2, BookingStatus::Draft, None, 1)).await;

    let range = |from, to| TimeRange { start: hour(from), end: hour(to) };
    let found = world.store.cancelled_shifts(agent, range(-10, 100), 50).await.unwrap();
    let ids: Vec<_> = found.iter().map(|one| one.booking_id).collect();
    assert_eq!(ids, [bookings[0].id]);
    let one = &found[0];
    assert_eq!((one.range, one.version), (bookings[0].range(), 2));
    assert_eq!((one.timezone.as_str(), one.updated_at), ("America/Denver", hour(1)));
    assert!(world.store.cancelled_shifts(agent, range(5, 100), 50).await.unwrap().is_empty());
    let other = world.author.id;
    assert!(world.store.cancelled_shifts(other, range(-10, 100), 50).await.unwrap().is_empty());
}
