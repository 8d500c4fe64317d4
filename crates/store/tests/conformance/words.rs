//! An organization's own words, daily mails, and how addresses stand.

use rishi_app::commit::{Change, CommitError};
use rishi_app::notifications::NotificationQueries as _;
use rishi_domain::id::NotificationId;
use rishi_domain::notification::{
    Channel, Delivery, DeliveryOutcome, MailStanding, Notification, NotificationKind,
    NotificationTemplate, TemplateTexts,
};
use uuid::Uuid;

use crate::things::hour;
use crate::world::{Fixture, World};

const KIND: NotificationKind = NotificationKind::BookingApproved;

fn template<F: Fixture>(
    world: &World<F>,
    language: &str,
    title: Option<&str>,
    version: u64,
) -> NotificationTemplate {
    let texts = title.map(|title| TemplateTexts {
        title: title.to_owned(),
        text: "{{ booking.title }}".to_owned(),
        html: Some("<b>ü</b>".to_owned()),
    });
    NotificationTemplate {
        organization_id: world.client.id,
        kind: KIND,
        language: language.to_owned(),
        texts,
        updated_at: hour(1),
        version,
    }
}

fn put(row: &NotificationTemplate) -> Change {
    Change::Template(Box::new(row.clone()))
}

pub(crate) async fn words_are_kept_by_kind_and_language_and_replaced_on_their_version<
    F: Fixture,
>() {
    let world = World::<F>::new().await;
    let (german, english) =
        (template(&world, "de", Some("Ja"), 1), template(&world, "en", Some("Yes"), 1));
    world.put([put(&german), put(&english)]).await;
    let all = world.store.notification_templates(world.client.id, Some(KIND)).await.unwrap();
    assert_eq!(all, [german.clone(), english.clone()]);
    let other = Some(NotificationKind::NoShow);
    assert!(world.store.notification_templates(world.client.id, other).await.unwrap().is_empty());
    assert!(world.store.notification_templates(world.stranger.id, None).await.unwrap().is_empty());

    for stale in [template(&world, "de", Some("Nein"), 1), template(&world, "de", Some("Nein"), 3)]
    {
        let refused = world.commit(world.told(vec![put(&stale)])).await;
        assert!(matches!(refused, Err(CommitError::VersionConflict { .. })), "{refused:?}");
    }
    let reset = template(&world, "de", None, 2);
    world.put([put(&reset)]).await;
    let all = world.store.notification_templates(world.client.id, None).await.unwrap();
    assert_eq!(all, [english]);
    let one = world.store.notification_template(world.client.id, KIND, "de").await.unwrap();
    assert_eq!(one, Some(reset), "the count goes on");
    let never = world.store.notification_template(world.client.id, KIND, "es").await.unwrap();
    assert_eq!(never, None);
}

pub(crate) async fn how_an_address_stands_is_kept_on_its_version<F: Fixture>() {
    let world = World::<F>::new().await;
    let user = world.author.id;
    assert_eq!(world.store.mail_standing(user).await.unwrap(), None);
    let standing = MailStanding {
        failures: 2,
        reason: Some("550".to_owned()),
        failed_at: Some(hour(3)),
        last_cause: Some(Uuid::from_u128(9)),
        version: 1,
        ..MailStanding::unknown(user, "ana@example.com")
    };
    let row = |standing: &MailStanding| Change::MailStanding(Box::new(standing.clone()));
    world.put([row(&standing)]).await;
    assert_eq!(world.store.mail_standing(user).await.unwrap(), Some(standing.clone()));
    let again = world.commit(world.told(vec![row(&standing)])).await;
    assert!(matches!(again, Err(CommitError::VersionConflict { .. })), "{again:?}");
    let worse = MailStanding { failures: 3, undeliverable: true, version: 2, ..standing };
    world.put([row(&worse)]).await;
    assert_eq!(world.store.mail_standing(user).await.unwrap(), Some(worse));
}

/// A notification with a delivery that goes with a daily mail.
fn told<F: Fixture>(world: &World<F>, due: i64) -> (Notification, Delivery) {
    let (id, user_id): (NotificationId, _) = (world.id(), world.author.id);
    let organization_id = world.client.id;
    let notification = Notification {
        id,
        user_id,
        organization_id,
        kind: KIND.as_str().to_owned(),
        title: "t".to_owned(),
        message: "m".to_owned(),
        related_entity_type: "booking".to_owned(),
        related_entity_id: Uuid::from_u128(7),
        read_at: None,
        created_at: hour(0),
    };
    let delivery = Delivery {
        notification_id: id,
        user_id,
        organization_id,
        channel: Channel::Email,
        outcome: DeliveryOutcome::Pending,
        reason: None,
        attempts: 0,
        due_at: Some(hour(due)),
        digest: true,
        template_error: Some("title: no (line 1)".to_owned()),
        created_at: hour(0),
        updated_at: hour(0),
    };
    (notification, delivery)
}

pub(crate) async fn a_daily_mail_holds_what_is_due_and_not_sent_oldest_first<F: Fixture>() {
    let world = World::<F>::new().await;
    let all: Vec<_> = [8, 8, 32, 8].into_iter().map(|due| told(&world, due)).collect();
    for (notification, delivery) in &all {
        let html = Change::NotificationHtml {
            notification: notification.id,
            html: "<i>own</i>".to_owned(),
        };
        let rows = [Change::Notification(Box::new(notification.clone())), html];
        world.put(rows).await;
        world.put([Change::Delivery(Box::new(delivery.clone()))]).await;
    }
    let with =
        |n: usize, outcome| Change::Delivery(Box::new(Delivery { outcome, ..all[n].1.clone() }));
    // What was given up is told with the next; what was sent is not.
    world.put([with(1, DeliveryOutcome::Failed), with(3, DeliveryOutcome::Sent)]).await;
    let user = world.author.id;
    let found = world.store.digest(user, hour(8), 10).await.unwrap();
    let ids: Vec<_> = found.iter().map(|parcel| parcel.notification.id).collect();
    assert_eq!(ids, [all[0].0.id, all[1].0.id]);
    assert_eq!(found[0].delivery, all[0].1);
    assert_eq!(found[0].html.as_deref(), Some("<i>own</i>"));
    assert_eq!((found[0].user.id, found[0].organization.as_str()), (user, &*world.client.name));
    assert_eq!(world.store.digest(user, hour(8), 1).await.unwrap().len(), 1);
    assert_eq!(world.store.digest(user, hour(32), 10).await.unwrap().len(), 3);
    let sent = world.store.parcel(all[3].0.id).await.unwrap().unwrap();
    assert_eq!(sent.html, None, "it is not kept for longer than it is needed");
}
