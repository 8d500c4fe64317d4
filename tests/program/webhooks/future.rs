//! Events of types and versions that only a newer release knows: they pass this one untouched.

use rishi_app::Commit;
use rishi_bus::{Clock as _, NewEvent, Subject, SystemClock};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::receiver::Receiver;
use super::{Hook, world};
use crate::operations::tail::Tail;
use crate::support::World;
use crate::support::database::engine;

/// A newer release, which has the database open as well, tells of something.
async fn told_by_a_newer_release(world: &World, event_type: &str, version: u16, data: &Value) {
    let store = engine(&world.home).await;
    let about = Subject::new("kettle", Uuid::now_v7());
    let data = RawValue::from_string(data.to_string()).unwrap();
    let id = Uuid::now_v7();
    let event = NewEvent::new(id, event_type, "rishi/newer", about, SystemClock.now(), data);
    let organization = Some(world.organization.parse().unwrap());
    let event = NewEvent { schema_version: version, organization_id: organization, ..event };
    store.commit(Commit { events: vec![event], ..Commit::default() }).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_type_that_only_a_newer_release_knows_reaches_streams_and_webhooks_as_it_was_written() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    Hook::new(&world.manager, &world.organization, &receiver.url, &["*"]).await;
    world.settle().await;
    let mut stream = Tail::open(&world.manager, "?type=TEA_MADE,BOOKING_CREATED", None).await;
    let data = json!({ "litres": 1.5, "of": ["Assam", null], "deep": { "er": true } });
    for (event_type, version) in [("TEA_MADE", 3), ("BOOKING_CREATED", 99)] {
        told_by_a_newer_release(&world, event_type, version, &data).await;
        let heard = stream.take(1).await.remove(0).data;
        assert_eq!(
            (&heard["type"], &heard["schemaVersion"]),
            (&json!(event_type), &json!(version))
        );
        assert_eq!(heard["data"], data, "{heard:#}");
        let id = heard["id"].as_str().unwrap().to_owned();
        let found = |event_type: &str| {
            receiver.of_type(event_type).into_iter().find(|message| message.id() == id)
        };
        let message = crate::support::eventually("it was sent", async || found(event_type)).await;
        let sent = message.event();
        assert_eq!((&sent["type"], &sent["data"]), (&json!(event_type), &data), "{sent:#}");
    }
    // It stands in nobody's way: what comes after is handled.
    world.settle().await;
}
