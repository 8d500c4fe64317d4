//! What is exported is the log, and a CloudEvent turns back into the event that it was.

use rishi_bus::cloudevents::CloudEvent;
use serde_json::Value;

use crate::support::World;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn an_export_is_the_log_in_both_formats() {
    let world = World::new().await;
    world.booking_in("approved").await;
    world.settle().await;
    let file = world.home.path("log.jsonl");
    let name = file.to_str().unwrap();
    let head = world.home.rishi(&["events", "checkpoint", "--json"]).json()["position"].to_string();
    let export = |more: &[&str]| {
        world.home.rishi(&[&["events", "export", "--to", head.as_str()][..], more].concat())
    };
    export(&[name]).ok();
    let exported = lines(&std::fs::read_to_string(&file).unwrap());
    let log = world.admin.get("/api/events?after=0&limit=200").await.is(200);
    assert_eq!(&exported, log.list("events"));

    let events = lines(&export(&["--format", "cloudevents"]).ok().stdout);
    assert_eq!(events.len(), exported.len());
    for (event, expected) in events.into_iter().zip(&exported) {
        assert_eq!(event["specversion"], "1.0");
        let event: CloudEvent = serde_json::from_value(event).unwrap();
        let envelope = serde_json::to_value(event.into_envelope().unwrap()).unwrap();
        assert_eq!(&envelope, expected);
    }

    let refused = export(&[name]);
    assert!(refused.code == Some(1) && refused.stderr.contains("exists already"), "{refused:?}");
    let part =
        lines(&world.home.rishi(&["events", "export", "--from", "2", "--to", "4"]).ok().stdout);
    assert_eq!(part, exported[1..4]);
}

#[tokio::test]
async fn an_event_is_shown_by_its_id_and_by_its_position() {
    let world = World::new().await;
    let booking = world.draft().await.id();
    let event = world.story(&booking).await.remove(0);
    for name in [event["id"].as_str().unwrap(), &event["position"].to_string()] {
        let shown = world.home.rishi(&["events", "show", name, "--json"]).json();
        assert_eq!(shown, event, "{name}");
    }
}
