//! Memberships end, and somebody always runs the platform.

use rishi_app::auth::TokenSecret;
use rishi_app::commit::{Change, CommitError, Guard, TokenRow};
use rishi_app::{Commit, Credentials as _, Store as _};
use rishi_domain::membership::Membership;
use rishi_domain::permission::Role;
use rishi_domain::user::{User, UserStatus};

use crate::things::hour;
use crate::world::{ALL, Fixture, World};

async fn membership<F: Fixture>(world: &World<F>, user: &User) -> Membership {
    world.store.memberships(user.id).await.unwrap().remove(0)
}

pub(crate) async fn an_ended_membership_takes_its_tokens_along_and_nothing_else<F: Fixture>() {
    let world = World::<F>::new().await;
    let house = world.house.clone();
    let field = world.member(&house, Role::InternalFieldManager, &[world.client.id]).await.user;
    let ended = membership(&world, &field).await;
    let elsewhere = Membership {
        id: world.id(),
        organization_id: world.stranger.id,
        role: Role::BrandAgent,
        serves: Vec::new(),
        ..ended.clone()
    };
    world.put([Change::Membership(Box::new(elsewhere.clone()))]).await;
    let mut secrets = Vec::new();
    for organization_id in [house.id, world.stranger.id] {
        let secret = TokenSecret::generate().unwrap();
        let row = TokenRow {
            id: world.id(),
            user_id: field.id,
            organization_id,
            name: "test".to_owned(),
            digest: secret.digest(),
            scopes: None,
            made_by: None,
            expires_at: hour(1),
            created_at: hour(0),
        };
        world.put([Change::Token(Box::new(row))]).await;
        secrets.push(secret);
    }
    assert!(world.store.managers(world.client.id).await.unwrap().contains(&field.id));

    let stale = Membership { version: 2, ..ended.clone() };
    let refused = world.commit(world.told(vec![Change::MembershipEnded(Box::new(stale))])).await;
    assert!(matches!(refused, Err(CommitError::VersionConflict { .. })), "{refused:?}");
    world.put([Change::MembershipEnded(Box::new(ended.clone()))]).await;
    assert_eq!(world.store.memberships(field.id).await.unwrap(), [elsewhere]);
    assert!(!world.store.managers(world.client.id).await.unwrap().contains(&field.id));
    assert!(world.store.token(&secrets[0].digest()).await.unwrap().is_none());
    assert!(world.store.token(&secrets[1].digest()).await.unwrap().is_some());
    let refused = world.commit(world.told(vec![Change::MembershipEnded(Box::new(ended))])).await;
    assert!(matches!(refused, Err(CommitError::VersionConflict { .. })), "{refused:?}");
}

pub(crate) async fn members_are_listed_by_name_with_a_true_total<F: Fixture>() {
    let world = World::<F>::new().await;
    for _ in 0..3 {
        world.member(&world.client, Role::ClientUser, &[]).await;
        world.member(&world.stranger, Role::ClientUser, &[]).await;
    }
    let whole = world.store.members(world.client.id, ALL).await.unwrap();
    assert_eq!((whole.items.len(), whole.total), (4, 4));
    assert!(whole.items.is_sorted_by_key(|(user, _)| (user.display_name.clone(), user.id)));
    for (user, found) in &whole.items {
        assert_eq!(*found, membership(&world, user).await);
        assert_eq!(found.organization_id, world.client.id);
    }
    let page = rishi_app::store::Paging { limit: 2, offset: 3 };
    let last = world.store.members(world.client.id, page).await.unwrap();
    assert_eq!((last.items.len(), last.total), (1, 4));
    assert_eq!(last.items[0].0, whole.items[3].0);
}

pub(crate) async fn somebody_always_runs_the_platform<F: Fixture>() {
    let world = World::<F>::new().await;
    let house = world.house.clone();
    let second = world.member(&house, Role::SuperAdmin, &[]).await.user;
    let all = world.store.members(house.id, ALL).await.unwrap().items;
    let first = all.iter().find(|(user, _)| user.id != second.id).unwrap().0.clone();
    let ask = |without: &User, change: Change| {
        let guards = vec![Guard::AdministratorRemains { without: without.id }];
        Commit { guards, ..world.told(vec![change]) }
    };
    let gone = membership(&world, &second).await;
    world.commit(ask(&second, Change::MembershipEnded(Box::new(gone)))).await.unwrap();
    let disabled = User { status: UserStatus::Disabled, version: 2, ..first.clone() };
    let change = || Change::User(Box::new(disabled.clone()));
    let refused = world.commit(ask(&first, change())).await;
    assert!(matches!(refused, Err(CommitError::LastAdministrator)), "{refused:?}");
    assert_eq!(world.store.user(&world.all(), first.id).await.unwrap().unwrap().version, 1);
    // A disabled one does not count, an active one does.
    let third = world.member(&house, Role::SuperAdmin, &[]).await.user;
    let asleep = User { status: UserStatus::Disabled, version: 2, ..third.clone() };
    world.put([Change::User(Box::new(asleep))]).await;
    let refused = world.commit(ask(&first, change())).await;
    assert!(matches!(refused, Err(CommitError::LastAdministrator)), "{refused:?}");
    let awake = User { status: UserStatus::Active, version: 3, ..third };
    world.put([Change::User(Box::new(awake))]).await;
    world.commit(ask(&first, change())).await.unwrap();
}

pub(crate) async fn i11_what_belongs_to_an_organization_stays_with_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let booking = world.booking_there(0, 1);
    world.put([Change::Booking(Box::new(booking.clone()))]).await;
    let own = membership(&world, &world.author).await;
    let moved = world.stranger.id;
    let mut place = world.place.clone();
    (place.organization_id, place.version) = (Some(moved), 2);
    let mut booking = booking;
    (booking.organization_id, booking.location_id, booking.version) = (moved, None, 2);
    for change in [
        Change::Membership(Box::new(Membership {
            organization_id: moved,
            version: 2,
            ..own.clone()
        })),
        Change::Membership(Box::new(Membership { user_id: world.id(), version: 2, ..own.clone() })),
        Change::Location(Box::new(place)),
        Change::Booking(Box::new(booking)),
    ] {
        let refused = world.commit(world.told(vec![change])).await;
        assert!(matches!(refused, Err(CommitError::UnknownReference(_))), "{refused:?}");
    }
    let mut told = notification(&world);
    told.organization_id = world.id();
    let refused = world.commit(world.told(vec![Change::Notification(Box::new(told))])).await;
    assert!(matches!(refused, Err(CommitError::UnknownReference(_))), "{refused:?}");
}

fn notification<F: Fixture>(world: &World<F>) -> rishi_domain::notification::Notification {
    rishi_domain::notification::Notification {
        id: world.id(),
        user_id: world.author.id,
        organization_id: world.client.id,
        kind: "test".to_owned(),
        title: "t".to_owned(),
        message: "m".to_owned(),
        related_entity_type: "booking".to_owned(),
        related_entity_id: world.id(),
        read_at: None,
        created_at: hour(0),
    }
}
