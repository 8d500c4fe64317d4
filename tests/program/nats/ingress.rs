//! Events of other services enter the log, each once.

use serde_json::{Value, json};

use super::figure;
use crate::nats_fixture::Nats;
use crate::support::{World, eventually};

fn event(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/doors", "type": "EXTERNAL_DOOR_OPENED",
        "subject": "door/7", "data": { "door": id },
    })
}

async fn publish(nats: &Nats, organization: &str, name: &str, body: &str) {
    let jetstream = nats.jetstream().await;
    let subject = format!("rishi.ingress.{organization}.{name}");
    jetstream.publish(subject, body.to_owned().into()).await.unwrap().await.unwrap();
}

async fn entered(world: &World) -> Vec<Value> {
    let page = world.admin.get("/api/events?type=EXTERNAL_*&after=0&limit=100").await.is(200);
    page.list("events").clone()
}

async fn prepared(nats: &Nats, world: &World) {
    eventually("messages are taken", async || {
        let jetstream = nats.jetstream().await;
        let stream = jetstream.get_stream("RISHI_INGRESS").await.ok()?;
        stream.consumer_info("rishi").await.ok().map(drop)
    })
    .await;
    assert!(entered(world).await.is_empty());
}

#[tokio::test]
async fn an_event_of_others_enters_once_and_bad_ones_block_nobody() {
    let nats = Nats::start().await;
    let mut world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    prepared(&nats, &world).await;
    let (organization, name) = (world.organization.clone(), "EXTERNAL_DOOR_OPENED");
    // Nothing of these is an event.
    publish(&nats, &organization, name, "not JSON").await;
    publish(&nats, &organization, "BOOKING_CREATED", &event("x").to_string()).await;
    let mut pretends = event("x");
    pretends["type"] = json!("BOOKING_CREATED");
    publish(&nats, &organization, "BOOKING_CREATED", &pretends.to_string()).await;
    publish(&nats, &uuid::Uuid::now_v7().to_string(), name, &event("x").to_string()).await;
    let mut other = event("x");
    other["organizationid"] = json!(uuid::Uuid::now_v7());
    publish(&nats, &organization, name, &other.to_string()).await;
    for _ in 0..3 {
        publish(&nats, &organization, name, &event("1").to_string()).await;
    }
    publish(&nats, &organization, name, &event("2").to_string()).await;
    let events = eventually("both are in the log", async || {
        let events = entered(&world).await;
        (events.len() >= 2).then_some(events)
    })
    .await;
    assert_eq!(events[0]["data"], json!({ "door": "1" }));
    assert_eq!(events[0]["organizationId"], organization.as_str());
    assert_eq!(events[0]["metadata"]["ingress"]["source"], "/doors");
    assert_eq!(events[0]["subject"], events[1]["subject"]);
    eventually("all are counted", async || {
        let known = "rishi_ingress_messages_total{outcome=\"known\"}";
        let refused = ["format", "type", "organization"]
            .map(|reason| format!("rishi_ingress_refused_total{{reason=\"{reason}\"}}"));
        let mut found = vec![figure(&world.admin, known).await];
        for name in &refused {
            found.push(figure(&world.admin, name).await);
        }
        (found == [2, 1, 2, 2]).then_some(())
    })
    .await;
    let log = world.server.log();
    assert!(log.contains("a message of others was refused"), "{log}");
    // What was taken is told to all, as any event.
    eventually("it is relayed", async || {
        let subject = format!("rishi.events.{organization}.{name}");
        let count = nats.stored().await.iter().filter(|one| one.subject == subject).count();
        (count == 2).then_some(())
    })
    .await;
    // The same again, for a server that was killed and knows nothing by heart.
    world.server.kill();
    for id in ["1", "2", "3"] {
        publish(&nats, &organization, name, &event(id).to_string()).await;
    }
    let again = world.home.serve_with(&[("RISHI_NATS_URL", &nats.url())]).await;
    world.moved_to(again);
    eventually("the third is there", async || (entered(&world).await.len() >= 3).then_some(()))
        .await;
    world.settle().await;
    assert_eq!(entered(&world).await.len(), 3, "the others are known");
    world.server.stop().await;
    let found = world.home.rishi(&["events", "verify", "--json"]).json();
    assert_eq!(found["valid"], true, "{found}");
}

#[tokio::test]
async fn a_suspended_organization_is_not_spoken_for_and_ingress_can_be_switched_off() {
    let nats = Nats::start().await;
    let url = nats.url();
    let world = World::configured(&[("RISHI_NATS_URL", &url)]).await;
    prepared(&nats, &world).await;
    let path = format!("/api/organizations/{}", world.organization);
    let version = world.admin.get(&path).await.is(200).version();
    world.admin.patch(&path, version, &json!({ "status": "suspended" })).await.is(200);
    publish(&nats, &world.organization, "EXTERNAL_DOOR_OPENED", &event("1").to_string()).await;
    eventually("it is refused", async || {
        let name = "rishi_ingress_refused_total{reason=\"organization\"}";
        (figure(&world.admin, name).await > 0).then_some(())
    })
    .await;
    let page = world.admin.get("/api/events?type=EXTERNAL_*").await.is(200);
    assert!(page.list("events").is_empty());

    let environment =
        [("RISHI_NATS_URL", &*url), ("RISHI_NATS_INGRESS", "off"), ("RISHI_NATS_STREAM", "OTHER")];
    let deaf = World::configured(&environment).await;
    let services = deaf.admin.get("/api/system/services").await.is(200);
    let names: Vec<_> = services.list("services").iter().map(|one| one["name"].clone()).collect();
    assert!(names.contains(&json!("relay")) && !names.contains(&json!("ingress")), "{names:?}");
}
