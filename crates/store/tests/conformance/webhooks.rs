//! Webhook endpoints, and what is on its way to them.

use jiff::{SignedDuration, Timestamp};
use rishi_app::commit::{Change, CommitError};
use rishi_app::events::subject;
use rishi_app::store::Paging;
use rishi_app::webhooks::{
    Attempt, Delivery, DeliveryFilter, DeliveryStatus, NewDelivery, Replay, Secrets, WebhookChange,
    WebhookQueries, WebhookRow,
};
use rishi_bus::Subject;
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::webhook::{DisabledReason, WebhookEndpoint, WebhookStatus};
use uuid::Uuid;

use crate::world::{ALL, Fixture, World};

fn endpoint<F: Fixture>(world: &World<F>, organization: OrganizationId) -> WebhookEndpoint {
    WebhookEndpoint {
        id: world.id(),
        organization_id: organization,
        url: "https://hooks.example.com/".to_owned(),
        description: Some("The warehouse".to_owned()),
        event_types: vec!["BOOKING_*".to_owned(), "LEAVE_APPROVED".to_owned()],
        ordered: false,
        status: WebhookStatus::Enabled,
        disabled_reason: None,
        previous_secret_until: None,
        created_at: world.client.created_at,
        updated_at: world.client.updated_at,
        version: 1,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a row and a query hold")]
fn secrets(present: &[u8], previous: Option<&[u8]>) -> Option<Secrets> {
    Some(Secrets { present: present.to_vec(), previous: previous.map(<[u8]>::to_vec) })
}

pub(crate) fn change(change: WebhookChange) -> Change {
    Change::Webhook(Box::new(change))
}

fn put(endpoint: &WebhookEndpoint, secrets: Option<Secrets>) -> Change {
    change(WebhookChange::Put(WebhookRow { endpoint: endpoint.clone(), secrets }))
}

pub(crate) async fn stored<F: Fixture>(world: &World<F>, ordered: bool) -> WebhookEndpoint {
    let endpoint = WebhookEndpoint { ordered, ..endpoint(world, world.client.id) };
    world.put([put(&endpoint, secrets(b"one", None))]).await;
    endpoint
}

pub(crate) fn owed(
    endpoint: &WebhookEndpoint,
    position: u64,
    about: u128,
    at: Timestamp,
) -> NewDelivery {
    NewDelivery {
        webhook_id: endpoint.id,
        position,
        event_id: Uuid::from_u128(u128::from(position)),
        event_type: "BOOKING_CREATED".to_owned(),
        subject: Subject::new("booking", Uuid::from_u128(about)),
        at,
    }
}

pub(crate) async fn owe<F: Fixture>(world: &World<F>, all: Vec<NewDelivery>) {
    world.put([change(WebhookChange::Owed(all))]).await;
}

/// What became of the first attempt.
pub(crate) fn attempt(
    endpoint: &WebhookEndpoint,
    position: u64,
    at: Timestamp,
    due_at: Option<Timestamp>,
    error: Option<&str>,
) -> Attempt {
    let now = match (due_at, error) {
        (Some(_), _) => DeliveryStatus::Pending,
        (None, Some(_)) => DeliveryStatus::Failed,
        (None, None) => DeliveryStatus::Delivered,
    };
    Attempt {
        webhook_id: endpoint.id,
        position,
        at,
        number: 1,
        status: Some(if error.is_some() { 500 } else { 200 }),
        error: error.map(ToOwned::to_owned),
        duration_ms: 12,
        now,
        due_at,
    }
}

pub(crate) async fn attempted<F: Fixture>(world: &World<F>, attempt: Attempt) {
    world.put([change(WebhookChange::Attempted(attempt))]).await;
}

/// The positions of what is due.
async fn due<F: Fixture>(world: &World<F>, endpoint: &WebhookEndpoint, now: Timestamp) -> Vec<u64> {
    let due = world.store.webhook_due(endpoint.id, endpoint.ordered, now, 99).await.unwrap();
    due.iter().map(|due| due.position).collect()
}

async fn all<F: Fixture>(world: &World<F>, endpoint: &WebhookEndpoint) -> Vec<Delivery> {
    let filter = DeliveryFilter::default();
    world.store.webhook_deliveries(endpoint.id, filter, ALL).await.unwrap().items
}

pub(crate) fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at + SignedDuration::from_mins(minutes)
}

pub(crate) async fn an_endpoint_is_read_back_whole_and_replaced_by_its_next_version<F: Fixture>() {
    let world = World::<F>::new().await;
    let first = stored(&world, true).await;
    let read = async || world.store.webhook(&world.all(), first.id).await.unwrap();
    assert_eq!(read().await.as_ref(), Some(&first));
    let second = WebhookEndpoint {
        description: None,
        previous_secret_until: Some(later(first.created_at, 60)),
        version: 2,
        ..first.clone()
    };
    world.put([put(&second, secrets(b"two", Some(b"one")))]).await;
    assert_eq!(read().await.as_ref(), Some(&second));
    assert_eq!(world.store.webhook_secrets(first.id).await.unwrap(), secrets(b"two", Some(b"one")));
    let third = WebhookEndpoint {
        status: WebhookStatus::Disabled,
        disabled_reason: Some(DisabledReason::Gone),
        version: 3,
        ..second.clone()
    };
    world.put([put(&third, None)]).await;
    assert_eq!(world.store.webhook_secrets(first.id).await.unwrap(), secrets(b"two", Some(b"one")));
    let stale = world.commit(world.told(vec![put(&third, None)])).await.unwrap_err();
    let about = subject::webhook(first.id);
    assert!(
        matches!(&stale, CommitError::VersionConflict { subject: of, actual: Some(3), .. } if *of == about),
        "{stale:?}"
    );
    let orphan = endpoint(&world, world.id());
    let refused = world.commit(world.told(vec![put(&orphan, secrets(b"one", None))])).await;
    assert!(matches!(refused, Err(CommitError::UnknownReference(_))), "{refused:?}");
}

pub(crate) async fn i9_endpoints_are_seen_by_who_manages_their_organization<F: Fixture>() {
    let world = World::<F>::new().await;
    let ours = stored(&world, false).await;
    let theirs = endpoint(&world, world.stranger.id);
    world.put([put(&theirs, secrets(b"one", None))]).await;
    let manager = world.member(&world.client, Role::ClientManager, &[]).await;
    let scope = manager.sees(Capability::ManageIntegrations);
    let found = world.store.webhooks(&scope, None, ALL).await.unwrap();
    assert_eq!((found.total, found.items), (1, vec![ours.clone()]));
    assert_eq!(world.store.webhook(&scope, theirs.id).await.unwrap(), None);
    let everything = world.store.webhooks(&world.all(), None, ALL).await.unwrap();
    assert_eq!(everything.total, 2);
    let one = Paging { limit: 1, offset: 1 };
    let page = world.store.webhooks(&world.all(), None, one).await.unwrap();
    assert_eq!((page.total, page.items), (2, vec![ours]));
}

pub(crate) async fn only_enabled_endpoints_of_active_organizations_are_told<F: Fixture>() {
    let world = World::<F>::new().await;
    let endpoint = stored(&world, false).await;
    let now = endpoint.created_at;
    owe(&world, vec![owed(&endpoint, 1, 1, now)]).await;
    let told = async || {
        let told = world.store.webhooks_to_tell(world.client.id).await.unwrap().len();
        let work = world.store.webhook_work(now).await.unwrap().len();
        let ready = world.store.webhook_ready(endpoint.id).await.unwrap();
        (told, work, ready.is_some())
    };
    assert_eq!(told().await, (1, 1, true));
    let suspended =
        Organization { status: OrganizationStatus::Suspended, version: 2, ..world.client.clone() };
    world.put([Change::Organization(Box::new(suspended.clone()))]).await;
    assert_eq!(told().await, (0, 0, false));
    let active = Organization { status: OrganizationStatus::Active, version: 3, ..suspended };
    world.put([Change::Organization(Box::new(active))]).await;
    let off = WebhookEndpoint { status: WebhookStatus::Disabled, version: 2, ..endpoint.clone() };
    world.put([put(&off, None)]).await;
    assert_eq!(told().await, (0, 0, false));
}

pub(crate) async fn an_event_is_owed_once_and_what_became_of_it_is_kept<F: Fixture>() {
    let world = World::<F>::new().await;
    let endpoint = stored(&world, false).await;
    let now = endpoint.created_at;
    let both = || vec![owed(&endpoint, 1, 1, now), owed(&endpoint, 2, 1, now)];
    owe(&world, both()).await;
    owe(&world, both()).await;
    assert_eq!(due(&world, &endpoint, now).await, [1, 2]);
    let again = later(now, 5);
    attempted(&world, attempt(&endpoint, 1, now, Some(again), Some("answered 500"))).await;
    attempted(&world, attempt(&endpoint, 2, now, None, None)).await;
    // Said twice, as by a sender that does not know whether it was heard.
    attempted(&world, attempt(&endpoint, 1, now, None, None)).await;
    assert_eq!(due(&world, &endpoint, now).await, Vec::<u64>::new());
    assert_eq!(due(&world, &endpoint, again).await, [1]);
    let [second, first] = &all(&world, &endpoint).await[..] else { panic!("two deliveries") };
    assert_eq!((first.status, first.attempts), (DeliveryStatus::Pending, 1));
    assert_eq!((first.last_error.as_deref(), first.due_at), (Some("answered 500"), Some(again)));
    assert_eq!((second.status, second.last_status), (DeliveryStatus::Delivered, Some(200)));
    assert_eq!((second.duration_ms, second.due_at), (Some(12), None));
    let filter = DeliveryFilter { status: Some(DeliveryStatus::Pending), event_id: None };
    let pending = world.store.webhook_deliveries(endpoint.id, filter, ALL).await.unwrap();
    assert_eq!((pending.total, pending.items[0].position), (1, 1));
}

pub(crate) async fn since_when_an_endpoint_fails_is_kept_until_something_arrives<F: Fixture>() {
    let world = World::<F>::new().await;
    let endpoint = stored(&world, false).await;
    let now = endpoint.created_at;
    let some = (1..=3).map(|position| owed(&endpoint, position, 1, now)).collect();
    owe(&world, some).await;
    let since =
        async || world.store.webhook_ready(endpoint.id).await.unwrap().unwrap().failing_since;
    assert_eq!(since().await, None);
    let fail = |position, at| attempt(&endpoint, position, at, Some(later(at, 1)), Some("no"));
    attempted(&world, fail(1, now)).await;
    attempted(&world, fail(2, later(now, 9))).await;
    assert_eq!(since().await, Some(now), "since the first failure");
    attempted(&world, attempt(&endpoint, 3, later(now, 10), None, None)).await;
    assert_eq!(since().await, None);
}

pub(crate) async fn of_an_ordered_endpoint_a_subject_s_first_is_due_and_the_next_after_it<
    F: Fixture,
>() {
    let world = World::<F>::new().await;
    let endpoint = stored(&world, true).await;
    let now = endpoint.created_at;
    owe(&world, vec![owed(&endpoint, 1, 1, now), owed(&endpoint, 2, 1, now)]).await;
    owe(&world, vec![owed(&endpoint, 3, 2, now)]).await;
    assert_eq!(due(&world, &endpoint, now).await, [1, 3]);
    let again = later(now, 5);
    attempted(&world, attempt(&endpoint, 1, now, Some(again), Some("no"))).await;
    owe(&world, vec![owed(&endpoint, 4, 1, now)]).await;
    let waiting = all(&world, &endpoint).await;
    let times: Vec<_> = waiting.iter().map(|one| (one.position, one.due_at)).collect();
    let expected = [(4, Some(again)), (3, Some(now)), (2, Some(again)), (1, Some(again))];
    assert_eq!(times, expected, "who waits is due no sooner than what it waits for");
    assert_eq!(due(&world, &endpoint, again).await, [3, 1]);
    let at = later(now, 6);
    let dead = Attempt { number: 2, ..attempt(&endpoint, 1, at, None, Some("no")) };
    attempted(&world, dead).await;
    assert_eq!(due(&world, &endpoint, at).await, [3, 2], "what is given up holds up nobody");
}

pub(crate) async fn a_replay_owes_page_by_page_also_what_was_delivered<F: Fixture>() {
    let world = World::<F>::new().await;
    let endpoint = stored(&world, false).await;
    let now = endpoint.created_at;
    owe(&world, vec![owed(&endpoint, 1, 1, now)]).await;
    attempted(&world, attempt(&endpoint, 1, now, None, None)).await;
    let (webhook_id, replay) = (endpoint.id, Replay { from: 1, through: 9 });
    world.put([change(WebhookChange::ReplayAsked { webhook_id, replay })]).await;
    let asked = async || {
        let work = world.store.webhook_work(now).await.unwrap();
        work.first().and_then(|work| work.replay)
    };
    assert_eq!(asked().await, Some(replay));
    let page = |before, left| {
        let owed = vec![owed(&endpoint, 1, 1, now), owed(&endpoint, 4, 1, now)];
        change(WebhookChange::Replayed { webhook_id, before, left, owed })
    };
    let left = Replay { from: 5, ..replay };
    world.put([page(replay, Some(left))]).await;
    assert_eq!((asked().await, due(&world, &endpoint, now).await), (Some(left), vec![1, 4]));
    // Somebody has asked for another meanwhile: a page of the one before counts for nothing.
    let other = Replay { from: 2, through: 20 };
    world.put([change(WebhookChange::ReplayAsked { webhook_id, replay: other })]).await;
    world.put([page(left, None)]).await;
    assert_eq!(asked().await, Some(other));
    world.put([page(other, None)]).await;
    assert_eq!(asked().await, None);
}

pub(crate) async fn what_is_resent_begins_anew_and_what_goes_takes_its_deliveries<F: Fixture>() {
    let world = World::<F>::new().await;
    let endpoint = stored(&world, false).await;
    let now = endpoint.created_at;
    owe(&world, vec![owed(&endpoint, 1, 1, now)]).await;
    attempted(&world, attempt(&endpoint, 1, now, None, Some("no"))).await;
    let resent = |event: u128| WebhookChange::Resent {
        webhook_id: endpoint.id,
        event_id: Uuid::from_u128(event),
        at: now,
    };
    world.put([change(resent(1))]).await;
    let found = all(&world, &endpoint).await;
    assert_eq!((found[0].status, found[0].attempts), (DeliveryStatus::Pending, 0));
    let refused = world.commit(world.told(vec![change(resent(2))])).await;
    assert!(matches!(refused, Err(CommitError::UnknownReference(_))), "{refused:?}");
    world.put([change(WebhookChange::Forgotten { before: now })]).await;
    assert_eq!(all(&world, &endpoint).await.len(), 1);
    world.put([change(WebhookChange::Forgotten { before: later(now, 1) })]).await;
    assert_eq!(all(&world, &endpoint).await.len(), 0);
    owe(&world, vec![owed(&endpoint, 2, 1, now)]).await;
    world.put([change(WebhookChange::Deleted(endpoint.clone()))]).await;
    assert_eq!(world.store.webhook(&world.all(), endpoint.id).await.unwrap(), None);
    assert_eq!(all(&world, &endpoint).await.len(), 0);
    // What comes to be owed to nobody is owed to nobody.
    owe(&world, vec![owed(&endpoint, 3, 1, now)]).await;
    assert_eq!(all(&world, &endpoint).await.len(), 0);
    let gone: Option<WebhookId> =
        world.store.webhook_ready(endpoint.id).await.unwrap().map(|_| endpoint.id);
    assert_eq!(gone, None);
}
