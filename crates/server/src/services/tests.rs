use rishi_bus::SystemClock;

use super::*;

fn services() -> Services {
    Services::new(Arc::new(SystemClock), Arc::new(|| 1.0))
}

async fn until(services: &Services, name: &str, state: ServiceState) -> ServiceView {
    loop {
        let found = services.list().into_iter().find(|one| one.name == name).unwrap();
        if found.state == state {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_panics_is_started_again_after_pauses_that_grow() {
    let services = services();
    let starts = Arc::new(Mutex::new(Vec::new()));
    let counted = Arc::clone(&starts);
    let first = tokio::time::Instant::now();
    services.start("shaky", move |stop| {
        counted.lock().unwrap().push(first.elapsed().as_secs());
        let count = counted.lock().unwrap().len();
        async move {
            assert!(count > 4, "not yet");
            stop.cancelled().await;
        }
    });
    let shaky = until(&services, "shaky", ServiceState::Restarting).await;
    assert_eq!(shaky.last_failure.unwrap().1, "it panicked: not yet");
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!(*starts.lock().unwrap(), [0, 1, 3, 7, 15]);
    let shaky = until(&services, "shaky", ServiceState::Running).await;
    assert_eq!((shaky.restarts, shaky.essential), (4, false));
    services.stop().await;
    assert_eq!(until(&services, "shaky", ServiceState::Stopped).await.restarts, 4);
}

#[tokio::test(start_paused = true)]
async fn one_that_ends_too_soon_has_failed_as_well_and_can_be_stopped_while_it_waits() {
    let services = services();
    services.start("short", |_| async {});
    let short = until(&services, "short", ServiceState::Restarting).await;
    assert_eq!(short.last_failure.unwrap().1, "it ended by itself");
    services.stop().await;
    until(&services, "short", ServiceState::Stopped).await;
}

#[tokio::test(start_paused = true)]
async fn an_essential_one_is_missed_at_once_and_never_started_again() {
    let services = services();
    services.start("quiet", async |stop: CancellationToken| stop.cancelled().await);
    let token = CancellationToken::new();
    services.start_essential("http", token, async { panic!("no more sockets") });
    assert_eq!(services.lost().await, "http");
    tokio::time::sleep(Duration::from_mins(10)).await;
    services.stop().await;
    assert_eq!(until(&services, "http", ServiceState::Failed).await.restarts, 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_started_last_is_stopped_first_and_nothing_overtakes() {
    let services = services();
    let ended = Arc::new(Mutex::new(Vec::new()));
    for (name, slowness) in [("store", 1), ("bus", 30), ("http", 5)] {
        let ended = Arc::clone(&ended);
        services.start(name, move |stop| {
            let ended = Arc::clone(&ended);
            async move {
                stop.cancelled().await;
                tokio::time::sleep(Duration::from_secs(slowness)).await;
                ended.lock().unwrap().push(name);
            }
        });
    }
    let names: Vec<String> = services.list().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["store", "bus", "http"]);
    services.stop().await;
    assert_eq!(*ended.lock().unwrap(), ["http", "bus", "store"]);
}
