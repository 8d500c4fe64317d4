//! One-time links and tokens.

use jiff::SignedDuration;
use rishi_app::Credentials as _;
use rishi_app::auth::{Authenticator, Secret, TokenSecret};
use rishi_app::commit::{Change, CommitError, TokenRow};
use rishi_app::credentials::{AccessChange, Link, MOST_TOKENS, TokenFilter};
use rishi_domain::event::LinkPurpose;
use rishi_domain::id::{OrganizationId, TokenId, UserId};
use rishi_domain::permission::{Capability, Role};

use crate::things::hour;
use crate::world::{ALL, Fixture, World};

fn access(change: AccessChange) -> Change {
    Change::Access(Box::new(change))
}

fn link(user_id: UserId, digest: [u8; 32]) -> Change {
    let (created_at, expires_at) = (hour(0), hour(24));
    let link = Link { user_id, purpose: LinkPurpose::Reset, created_at, expires_at };
    access(AccessChange::LinkCreated { link, digest })
}

pub(crate) async fn a_person_has_one_link_the_newest_and_uses_it_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let user = world.author.id;
    let [first, second] = [(); 2].map(|()| Secret::generate().unwrap().digest());
    world.put([link(user, first)]).await;
    let (found, account) = world.store.link(&first).await.unwrap().unwrap();
    assert_eq!((found.user_id, found.purpose), (user, LinkPurpose::Reset));
    assert_eq!((found.created_at, found.expires_at), (hour(0), hour(24)));
    assert_eq!((account.user.id, account.grants.len()), (user, 1));
    world.put([link(user, second)]).await;
    assert!(world.store.link(&first).await.unwrap().is_none());

    let taken = |digest| world.told(vec![access(AccessChange::LinkUsed { user, digest })]);
    let refused = world.commit(taken(first)).await;
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    world.commit(taken(second)).await.unwrap();
    let refused = world.commit(taken(second)).await;
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    assert!(world.store.link(&second).await.unwrap().is_none());

    world.put([link(user, first)]).await;
    world.put([access(AccessChange::LinkVoided(user))]).await;
    assert!(world.store.link(&first).await.unwrap().is_none());
}

fn token<F: Fixture>(
    world: &World<F>,
    user_id: UserId,
    organization_id: OrganizationId,
) -> (TokenRow, TokenSecret) {
    let secret = TokenSecret::generate().unwrap();
    let row = TokenRow {
        id: world.id(),
        user_id,
        organization_id,
        name: "test".to_owned(),
        digest: secret.digest(),
        scopes: Some(vec![Capability::ReadBookings]),
        made_by: Some(TokenId(uuid::Uuid::nil())),
        expires_at: hour(100),
        created_at: hour(0),
    };
    (row, secret)
}

pub(crate) async fn tokens_are_listed_by_owner_and_organization_and_ended<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.member(&world.client, Role::ClientUser, &[]).await.user.id;
    let (own, secret) = token(&world, world.author.id, world.client.id);
    let (theirs, _) = token(&world, other, world.client.id);
    for row in [&own, &theirs] {
        world.put([Change::Token(Box::new(row.clone()))]).await;
    }
    let found = world.store.token_of(own.id).await.unwrap().unwrap();
    assert_eq!(
        (found.id, found.user_id, found.organization_id),
        (own.id, own.user_id, world.client.id)
    );
    assert_eq!((&found.scopes, found.made_by), (&own.scopes, own.made_by));
    assert_eq!((found.created_at, found.expires_at, found.used_at), (hour(0), hour(100), None));
    assert_eq!(found.user_name, world.author.display_name);
    let list = async |user: Option<UserId>, organization: Option<OrganizationId>| {
        let filter = TokenFilter { user, organization };
        let found = world.store.tokens(&filter, ALL).await.unwrap();
        assert_eq!(found.total, found.items.len() as u64);
        found.items.into_iter().map(|token| token.id).collect::<Vec<_>>()
    };
    let client = Some(world.client.id);
    assert!(list(Some(own.user_id), None).await.contains(&own.id));
    assert!(!list(Some(own.user_id), client).await.contains(&theirs.id));
    let all = list(None, client).await;
    assert!(all.is_sorted_by(|a, b| a > b), "newest first");
    assert!(all.contains(&own.id) && all.contains(&theirs.id));
    assert_eq!(list(None, Some(world.stranger.id)).await, []);

    let record = world.store.token(&secret.digest()).await.unwrap().unwrap();
    assert_eq!(record.grant.unwrap().only, own.scopes);
    world.put([access(AccessChange::TokenRevoked(own.id))]).await;
    assert!(world.store.token(&secret.digest()).await.unwrap().is_none());
    assert!(world.store.token_of(own.id).await.unwrap().is_none());
}

pub(crate) async fn a_tokens_use_is_written_down_once_a_minute<F: Fixture>() {
    let world = World::<F>::new().await;
    let (row, secret) = token(&world, world.author.id, world.client.id);
    world.put([Change::Token(Box::new(row.clone()))]).await;
    let before = world.log_length().await;
    let seen = async |seconds: i64| {
        let at = hour(0) + SignedDuration::from_secs(seconds);
        Authenticator::new(&world.app).bearer(secret.reveal(), at).await.unwrap();
        let used = world.store.token_of(row.id).await.unwrap().unwrap().used_at.unwrap();
        used.duration_since(hour(0)).as_secs()
    };
    assert_eq!(seen(5).await, 5);
    assert_eq!(seen(64).await, 5);
    assert_eq!(seen(65).await, 65);
    assert_eq!(world.log_length().await, before, "nobody is told");
}

pub(crate) async fn a_person_has_so_many_tokens_that_live_and_no_more<F: Fixture>() {
    let world = World::<F>::new().await;
    let put = async |from: i64| {
        let (row, _) = token(&world, world.author.id, world.client.id);
        let row = TokenRow { created_at: hour(from), expires_at: hour(from + 1), ..row };
        let id = row.id;
        world.commit(world.told(vec![Change::Token(Box::new(row))])).await.map(|_| id)
    };
    let first = put(0).await.unwrap();
    let refused = loop {
        if let Err(refused) = put(0).await {
            break refused;
        }
    };
    assert!(matches!(refused, CommitError::TooManyTokens), "{refused}");
    let filter = TokenFilter { user: Some(world.author.id), organization: None };
    let all = world.store.tokens(&filter, ALL).await.unwrap().items;
    let alive = all.iter().filter(|token| token.expires_at > hour(0)).count();
    assert_eq!(alive, MOST_TOKENS as usize);
    // An hour later they have expired, and as many again may be made; of the old ones the newest stay.
    put(1).await.unwrap();
    assert!(world.store.token_of(first).await.unwrap().is_some());
    while put(1).await.is_ok() {}
    put(2).await.unwrap();
    assert!(world.store.token_of(first).await.unwrap().is_none());
}
