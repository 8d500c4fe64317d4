//! People, tokens, managers and inboxes.

use rishi_app::auth::{Authenticator, TokenSecret};
use rishi_app::commit::{Change, TokenRow};
use rishi_app::notifications::NotificationQueries as _;
use rishi_app::store::Paging;
use rishi_app::{Credentials as _, Store as _};
use rishi_domain::id::UserId;
use rishi_domain::membership::Membership;
use rishi_domain::notification::Notification;
use rishi_domain::permission::Role;
use rishi_domain::user::{User, UserStatus};

use crate::things::hour;
use crate::world::{ALL, Fixture, World};

/// Gives the author a token.
async fn token<F: Fixture>(world: &World<F>) -> TokenSecret {
    let secret = TokenSecret::generate().unwrap();
    let row = TokenRow {
        id: world.id(),
        user_id: world.author.id,
        organization_id: world.client.id,
        name: "test".to_owned(),
        digest: secret.digest(),
        scopes: None,
        made_by: None,
        expires_at: hour(0),
        created_at: world.app.clock.now(),
    };
    world.put([Change::Token(Box::new(row))]).await;
    secret
}

pub(crate) async fn a_token_carries_its_owners_present_role<F: Fixture>() {
    let world = World::<F>::new().await;
    let secret = token(&world).await;
    let record = world.store.token(&secret.digest()).await.unwrap().unwrap();
    assert_eq!((record.user_id, record.expires_at), (world.author.id, hour(0)));
    assert_eq!(record.display_name, world.author.display_name);
    let grant = record.grant.unwrap();
    assert_eq!((grant.organization_id, grant.role), (world.client.id, Role::ClientManager));

    let before = world.store.memberships(world.author.id).await.unwrap().remove(0);
    let after = Membership { role: Role::ClientUser, version: 2, ..before };
    world.put([Change::Membership(Box::new(after))]).await;
    let record = world.store.token(&secret.digest()).await.unwrap().unwrap();
    assert_eq!(record.grant.unwrap().role, Role::ClientUser);
    assert!(world.store.token(&[0; 32]).await.unwrap().is_none());
}

pub(crate) async fn a_revoked_person_is_seen_as_such_at_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let secret = token(&world).await;
    let disabled = User { status: UserStatus::Disabled, version: 2, ..world.author.clone() };
    world.put([Change::User(Box::new(disabled))]).await;
    let authenticator = Authenticator::new(&world.app);
    authenticator.bearer(secret.reveal(), world.app.clock.now()).await.unwrap_err();
    assert_eq!(world.store.managers(world.client.id).await.unwrap(), []);
}

pub(crate) async fn a_person_is_found_by_address_in_any_case<F: Fixture>() {
    let world = World::<F>::new().await;
    let user =
        User { id: world.id(), email: "Jürgen@Example.com".to_owned(), ..world.author.clone() };
    world.put([Change::User(Box::new(user.clone()))]).await;
    for email in ["Jürgen@Example.com", "JÜRGEN@EXAMPLE.COM", "jürgen@example.com"] {
        let (found, memberships) = world.store.user_by_email(email).await.unwrap().unwrap();
        assert_eq!((&found, memberships.len()), (&user, 0), "{email}");
    }
    assert!(world.store.user_by_email("jurgen@example.com").await.unwrap().is_none());
}

pub(crate) async fn people_are_listed_by_name_with_a_true_total<F: Fixture>() {
    let world = World::<F>::new().await;
    for _ in 0..5 {
        world.member(&world.client, Role::ClientUser, &[]).await;
        world.member(&world.stranger, Role::ClientUser, &[]).await;
    }
    let own = Some(world.client.id);
    let whole = world.store.users(&world.all(), own, ALL).await.unwrap();
    assert_eq!((whole.items.len(), whole.total), (6, 6));
    assert!(whole.items.is_sorted_by_key(|user| (user.display_name.clone(), user.id)));
    let mut paged = Vec::new();
    for offset in [0, 4, 8] {
        let paging = Paging { limit: 4, offset };
        let page = world.store.users(&world.all(), own, paging).await.unwrap();
        assert_eq!(page.total, 6);
        paged.extend(page.items);
    }
    assert_eq!(paged, whole.items);
    let everybody = world.store.users(&world.all(), None, ALL).await.unwrap();
    assert_eq!(everybody.total, 12);
}

pub(crate) async fn managers_are_the_clients_own_and_those_who_serve_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let serves = [world.client.id];
    let field = world.member(&world.house, Role::InternalFieldManager, &serves).await.user;
    for role in [Role::FieldCoordinator, Role::BrandAgent] {
        world.member(&world.house, role, &serves).await;
    }
    world.member(&world.client, Role::ClientUser, &[]).await;
    world.member(&world.stranger, Role::ClientManager, &[]).await;
    world.member(&world.house, Role::InternalFieldManager, &[world.stranger.id]).await;
    let mut wanted = [world.author.id, field.id];
    wanted.sort_unstable();
    assert_eq!(world.store.managers(world.client.id).await.unwrap(), wanted);

    // Whoever no longer serves it is out.
    let before = world.store.memberships(field.id).await.unwrap().remove(0);
    let after = Membership { serves: vec![world.stranger.id], version: 2, ..before };
    world.put([Change::Membership(Box::new(after.clone()))]).await;
    assert_eq!(world.store.managers(world.client.id).await.unwrap(), [world.author.id]);
    assert_eq!(world.store.memberships(field.id).await.unwrap(), [after]);
}

pub(crate) async fn an_inbox_is_its_owners_newest_first<F: Fixture>() {
    let world = World::<F>::new().await;
    let reader = world.member(&world.client, Role::ClientManager, &[]).await.user;
    let notice = |user_id: UserId, number: u32| Notification {
        id: world.id(),
        user_id,
        organization_id: world.client.id,
        kind: "booking_created".to_owned(),
        title: format!("Number {number}"),
        message: "A new booking".to_owned(),
        related_entity_type: "booking".to_owned(),
        related_entity_id: world.id(),
        read_at: None,
        created_at: world.app.clock.now(),
    };
    let mut own: Vec<Notification> = (0..5).map(|number| notice(reader.id, number)).collect();
    let changes = own.iter().cloned().chain([notice(world.author.id, 9)]);
    world.put(changes.map(|row| Change::Notification(Box::new(row)))).await;
    own[2].read_at = Some(hour(0));
    world.put([Change::Notification(Box::new(own[2].clone()))]).await;
    own.reverse();
    let inbox = world.store.inbox(reader.id, false, ALL).await.unwrap();
    assert_eq!(inbox.unread, 4);
    let inbox = inbox.listed;
    assert_eq!((inbox.items.as_slice(), inbox.total), (own.as_slice(), 5));
    let paging = Paging { limit: 2, offset: 2 };
    let page = world.store.notifications(reader.id, paging).await.unwrap();
    assert_eq!((page.items.as_slice(), page.total), (&own[2..4], 5));

    let unread = world.store.inbox(reader.id, true, ALL).await.unwrap().listed;
    assert!(unread.items.iter().all(|one| one.read_at.is_none()));
    assert_eq!((unread.items.len(), unread.total), (4, 4));
    assert_eq!(world.store.newest_unread(reader.id).await.unwrap(), Some(own[0].id));
    let (user, through, at) = (reader.id, own[1].id, hour(1));
    world.put([Change::InboxRead { user, through, at }]).await;
    let inbox = world.store.inbox(reader.id, true, ALL).await.unwrap();
    assert_eq!((inbox.unread, inbox.listed.items[0].id), (1, own[0].id));
    let author = world.store.inbox(world.author.id, true, ALL).await.unwrap();
    assert_eq!(author.unread, 1, "somebody else's inbox is untouched");
    assert_eq!(world.store.notification(world.author.id, own[0].id).await.unwrap(), None);
    let read = world.store.notification(reader.id, own[2].id).await.unwrap().unwrap();
    assert_eq!(read.read_at, own[2].read_at, "what was read stays read when it was");
}
