//! Sessions: found by secret, used up by time, renewed and ended.

use jiff::{SignedDuration, Timestamp};
use rishi_app::auth::{Authenticator, Secret};
use rishi_app::commit::{Change, CommitError};
use rishi_app::credentials::{
    AccessChange, IDLE, Identity, LIFE, MOST_SESSIONS, Session, SessionKey,
};
use rishi_app::{Credentials as _, Store as _};
use rishi_domain::event::Whence;
use rishi_domain::id::{SessionId, UserId};
use rishi_domain::membership::Membership;
use rishi_domain::permission::Role;
use rishi_domain::user::{User, UserStatus};

use crate::things::hour;
use crate::world::{ALL, Fixture, World};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn access(change: AccessChange) -> Change {
    Change::Access(Box::new(change))
}

/// Begins a session of a person at an instant.
async fn begin<F: Fixture>(world: &World<F>, user: UserId, at: Timestamp) -> (SessionId, Secret) {
    let (id, secret) = (world.id(), Secret::generate().unwrap());
    let whence = Whence { address: Some("192.0.2.7".to_owned()), user_agent: Some("b".to_owned()) };
    let session = Session::begun(id, user, at, whence);
    let digest = secret.digest();
    world.put([access(AccessChange::SessionBegun { session, digest })]).await;
    (id, secret)
}

fn by(secret: &Secret) -> SessionKey {
    SessionKey::Digest(secret.digest())
}

pub(crate) async fn a_session_carries_its_owners_present_roles<F: Fixture>() {
    let world = World::<F>::new().await;
    let (id, secret) = begin(&world, world.author.id, hour(0)).await;
    for key in [by(&secret), SessionKey::Id(id)] {
        let found = world.store.session(key).await.unwrap().unwrap();
        assert_eq!((found.id, found.user_id, found.digest), (id, world.author.id, secret.digest()));
        assert_eq!((found.seen_at, found.expires_at), (hour(0), hour(0) + LIFE));
        assert_eq!((found.email, found.renew), (world.author.email.clone(), false));
        assert_eq!(found.grants.len(), 1);
        assert_eq!(found.grants[0].role, Role::ClientManager);
    }
    let elsewhere = Membership {
        id: world.id(),
        organization_id: world.stranger.id,
        role: Role::ClientUser,
        ..world.store.memberships(world.author.id).await.unwrap().remove(0)
    };
    world.put([Change::Membership(Box::new(elsewhere))]).await;
    let found = world.store.session(by(&secret)).await.unwrap().unwrap();
    let roles: Vec<Role> = found.grants.iter().map(|grant| grant.role).collect();
    assert_eq!(roles, [Role::ClientManager, Role::ClientUser], "all of them, as they are now");
    assert!(world.store.session(SessionKey::Digest([0; 32])).await.unwrap().is_none());
    assert!(world.store.session(SessionKey::Id(world.id())).await.unwrap().is_none());
}

pub(crate) async fn a_session_ends_by_idleness_by_age_and_with_its_owner<F: Fixture>() {
    let world = World::<F>::new().await;
    let signed = Authenticator::new(&world.app);
    let (_, secret) = begin(&world, world.author.id, hour(0)).await;
    let secret = secret.reveal();
    let nobody = hour(0) + IDLE;
    signed.session(secret, nobody).await.unwrap_err();
    // Used every 20 minutes it lives as long as any session may, and no longer.
    let mut now = hour(0);
    while now < hour(0) + LIFE {
        signed.session(secret, now).await.unwrap();
        now += SignedDuration::from_mins(20);
    }
    signed.session(secret, hour(0) + LIFE).await.unwrap_err();

    let (_, secret) = begin(&world, world.author.id, hour(20)).await;
    signed.session(secret.reveal(), hour(20)).await.unwrap();
    let disabled = User { status: UserStatus::Disabled, version: 2, ..world.author.clone() };
    world.put([Change::User(Box::new(disabled))]).await;
    let another = Authenticator::new(&world.app);
    another.session(secret.reveal(), hour(20)).await.unwrap_err();
    another.session("nonsense", hour(20)).await.unwrap_err();
}

pub(crate) async fn its_use_is_written_down_once_a_minute<F: Fixture>() {
    let world = World::<F>::new().await;
    let (id, secret) = begin(&world, world.author.id, hour(0)).await;
    let before = world.log_length().await;
    let seen = async |at: Timestamp| {
        // Another process each time, which believes nothing yet.
        Authenticator::new(&world.app).session(secret.reveal(), at).await.unwrap();
        world.store.session(SessionKey::Id(id)).await.unwrap().unwrap().seen_at
    };
    assert_eq!(seen(hour(0) + MINUTE / 2).await, hour(0));
    assert_eq!(seen(hour(0) + MINUTE).await, hour(0) + MINUTE);
    world.put([access(AccessChange::SessionSeen { id, at: hour(0) + MINUTE * 3 / 2 })]).await;
    assert_eq!(seen(hour(0) + MINUTE * 3 / 2).await, hour(0) + MINUTE);
    assert_eq!(world.log_length().await, before, "nobody is told");
}

pub(crate) async fn a_renewed_secret_is_taken_a_moment_longer_and_renewed_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let signed = Authenticator::new(&world.app);
    let (id, old) = begin(&world, world.author.id, hour(0)).await;
    let (new, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
    world.put([access(AccessChange::SessionsToRenew(world.author.id))]).await;
    assert!(signed.session(old.reveal(), hour(0)).await.unwrap().renew);

    let renew = |to: &Secret| {
        let (from, to, grace) = (old.digest(), to.digest(), hour(0) + MINUTE);
        world.told(vec![access(AccessChange::SessionRenewed { id, from, to, grace })])
    };
    world.commit(renew(&new)).await.unwrap();
    let again = world.commit(renew(&other)).await;
    assert!(matches!(again, Err(CommitError::Refused(_))), "{again:?}");

    let signed = Authenticator::new(&world.app);
    for secret in [&new, &old] {
        let found = signed.session(secret.reveal(), hour(0)).await.unwrap();
        assert!(!found.renew && found.principal.session() == Some(id));
    }
    signed.session(old.reveal(), hour(0) + MINUTE).await.unwrap_err();
    signed.session(new.reveal(), hour(0) + MINUTE).await.unwrap();
    signed.session(other.reveal(), hour(0)).await.unwrap_err();
}

pub(crate) async fn sessions_are_ended_one_by_one_or_all_but_one<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.member(&world.client, Role::ClientUser, &[]).await.user.id;
    let (theirs, _) = begin(&world, other, hour(0)).await;
    let mut own = Vec::new();
    for _ in 0..4 {
        own.push(begin(&world, world.author.id, hour(0)).await.0);
    }
    let left = async || {
        let mut left = Vec::new();
        for id in own.iter().chain([&theirs]) {
            left.push(world.store.session(SessionKey::Id(*id)).await.unwrap().is_some());
        }
        left
    };
    world.put([access(AccessChange::SessionEnded(own[0]))]).await;
    assert_eq!(left().await, [false, true, true, true, true]);
    let (user, except) = (world.author.id, Some(own[2]));
    world.put([access(AccessChange::SessionsEnded { user, except })]).await;
    assert_eq!(left().await, [false, false, true, false, true]);
    world.put([access(AccessChange::SessionsEnded { user, except: None })]).await;
    assert_eq!(left().await, [false, false, false, false, true], "nobody else's");
}

pub(crate) async fn the_sessions_that_live_are_listed_newest_first<F: Fixture>() {
    let world = World::<F>::new().await;
    let (old, _) = begin(&world, world.author.id, hour(0)).await;
    let (asleep, _) = begin(&world, world.author.id, hour(5)).await;
    let late = hour(7) + MINUTE * 50;
    let (new, _) = begin(&world, world.author.id, late).await;
    let list = async |now: Timestamp| {
        let found = world.store.sessions(world.author.id, now, now - IDLE, ALL).await.unwrap();
        assert_eq!(found.total, found.items.len() as u64);
        found.items.iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(list(hour(0)).await, [new, asleep, old]);
    assert_eq!(list(hour(8)).await, [new], "one is too old, one was not used");
    let whole = world.store.sessions(world.author.id, hour(8), hour(7), ALL).await.unwrap();
    assert_eq!(whole.items[0].whence.address.as_deref(), Some("192.0.2.7"));
    assert_eq!(whole.items[0].created_at, late);
    let nobody = world.store.sessions(world.id(), hour(0), hour(0), ALL).await.unwrap();
    assert_eq!((nobody.items.len(), nobody.total), (0, 0));
}

pub(crate) async fn what_has_expired_is_forgotten_as_others_begin<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut old = Vec::new();
    for _ in 0..3 {
        old.push(begin(&world, world.author.id, hour(0)).await.0);
    }
    let kept = async || {
        let mut kept = 0;
        for id in &old {
            kept += usize::from(world.store.session(SessionKey::Id(*id)).await.unwrap().is_some());
        }
        kept
    };
    begin(&world, world.author.id, hour(7)).await;
    assert_eq!(kept().await, 3);
    begin(&world, world.author.id, hour(8)).await;
    assert_eq!(kept().await, 1);
    begin(&world, world.author.id, hour(8)).await;
    assert_eq!(kept().await, 0);
}

pub(crate) async fn an_account_is_found_with_its_password_and_roles<F: Fixture>() {
    let world = World::<F>::new().await;
    let email = world.author.email.to_uppercase();
    let account = world.store.account(&email).await.unwrap().unwrap();
    assert_eq!((account.user.id, account.password.clone()), (world.author.id, None));
    assert_eq!(account.home(), Some(world.client.id));
    let row = rishi_app::commit::PasswordRow {
        user_id: world.author.id,
        hash: "$x$".to_owned(),
        updated_at: hour(0),
    };
    world.put([Change::Password(Box::new(row))]).await;
    let account = world.store.account(&email).await.unwrap().unwrap();
    assert_eq!(account.password.as_deref(), Some("$x$"));
    assert!(world.store.account("nobody@example.com").await.unwrap().is_none());
}

pub(crate) async fn of_a_persons_sessions_the_newest_stay<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.member(&world.client, Role::ClientUser, &[]).await.user.id;
    let (theirs, _) = begin(&world, other, hour(0)).await;
    let mut begun = Vec::new();
    for _ in 0..MOST_SESSIONS + 3 {
        begun.push(begin(&world, world.author.id, hour(0)).await.0);
    }
    let mut kept = Vec::new();
    for id in &begun {
        kept.push(world.store.session(SessionKey::Id(*id)).await.unwrap().is_some());
    }
    let (ended, stay) = kept.split_at(3);
    assert!(ended.iter().all(|kept| !kept) && stay.iter().all(|kept| *kept), "{kept:?}");
    assert!(world.store.session(SessionKey::Id(theirs)).await.unwrap().is_some());
}

pub(crate) async fn an_identity_is_one_persons_and_a_person_has_one_at_each_provider<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.member(&world.client, Role::ClientUser, &[]).await.user.id;
    let identity = |issuer: &str, subject: &str| Identity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
    };
    let link = |user: UserId, identity: &Identity| {
        let linked = AccessChange::IdentityLinked { user, identity: identity.clone(), at: hour(0) };
        world.told(vec![access(linked)])
    };
    let (robin, kim) = (identity("https://a", "robin"), identity("https://a", "kim"));
    assert!(world.store.account_of(&robin).await.unwrap().is_none());
    world.commit(link(world.author.id, &robin)).await.unwrap();
    let found = world.store.account_of(&robin).await.unwrap().unwrap();
    assert_eq!((found.user.id, found.home()), (world.author.id, Some(world.client.id)));
    for (user, identity) in [(other, &robin), (world.author.id, &kim)] {
        let refused = world.commit(link(user, identity)).await.unwrap_err();
        assert!(matches!(refused, CommitError::Duplicate("identity")), "{refused}");
    }
    let linked = async |user, issuer| world.store.is_linked(user, issuer).await.unwrap();
    assert!(linked(world.author.id, "https://a").await);
    assert!(!linked(world.author.id, "https://b").await && !linked(other, "https://a").await);
    world.commit(link(world.author.id, &identity("https://b", "robin"))).await.unwrap();
    world.put([access(AccessChange::IdentitiesForgotten(world.author.id))]).await;
    assert!(world.store.account_of(&robin).await.unwrap().is_none());
    assert!(!linked(world.author.id, "https://b").await);
}

pub(crate) async fn a_sign_in_by_a_provider_is_finished_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let finish = async |number: u8, from: i64| {
        let digest = [number; 32];
        let used = AccessChange::FlowUsed { digest, at: hour(from), until: hour(from + 1) };
        world.commit(world.told(vec![access(used)])).await
    };
    finish(1, 0).await.unwrap();
    let again = finish(1, 0).await.unwrap_err();
    assert!(matches!(again, CommitError::Refused(_)), "{again}");
    finish(2, 0).await.unwrap();
    // What nobody could finish any more is forgotten as others are finished.
    finish(3, 1).await.unwrap();
    finish(1, 1).await.unwrap();
}
