//! What runs in the process, seen from outside.

use serde_json::{Value, json};

use crate::support::{Client, World};

#[tokio::test]
async fn the_services_are_listed_in_the_order_of_their_start() {
    let world = World::new().await;
    let answer = world.admin.get("/api/system/services").await.is(200);
    let services = answer.list("services");
    let text = |of: &Value, field: &str| of[field].as_str().unwrap().to_owned();
    let names: Vec<String> = services.iter().map(|one| text(one, "name")).collect();
    let place = |name: &str| {
        names
            .iter()
            .position(|one| one == name)
            .unwrap_or_else(|| panic!("{name} is there: {names:?}"))
    };
    assert_eq!(place("store"), 0, "everything stands on it: {names:?}");
    assert_eq!(place("http"), names.len() - 1, "requests come last and go first: {names:?}");
    assert!(place("circuits") < place("subscription booking-created"), "{names:?}");
    assert!(place("subscription booking-created") < place("audit"), "{names:?}");
    for (index, service) in services.iter().enumerate() {
        assert_eq!(service["startOrder"], json!(index + 1));
        assert_eq!((&service["state"], &service["restarts"]), (&json!("running"), &json!(0)));
        assert!(service["since"].is_string() && service["essential"].is_boolean(), "{service}");
    }
    world.manager.get("/api/system/services").await.refused(403, "forbidden");
    let metrics = Client::new(&world.server.base).get("/metrics").await.is(200).text;
    for name in names {
        let up = format!("rishi_service_up{{service=\"{name}\"}} 1");
        assert!(metrics.contains(&up), "{up}\n{metrics}");
    }
}
