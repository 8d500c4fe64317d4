//! Asked to stop, the server finishes what it has begun and goes, with an exit code of 0.

use std::time::Duration;

use super::tail::Tail;
use crate::support::raw::{Raw, post_head, status_of};
use crate::support::{Client, Home, World, booking, eventually};

const SOON: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_stop_does_not_wait_for_streams_and_idle_connections() {
    let mut world = World::new().await;
    let mut stream = Tail::open(&world.manager, "", None).await;
    let _idle = Raw::connect(&world.server).await;
    world.draft().await;
    stream.take(1).await;

    world.server.ask_to_stop();
    let (status, after) = world.server.ended(SOON).await;
    assert_eq!(status.code(), Some(0), "{status}");
    while stream.next().await.is_some() {}
    println!("stopped after {after:?}");
}

#[tokio::test]
async fn i1_a_stop_finishes_the_request_that_has_begun() {
    let mut world = World::new().await;
    let mut raw = Raw::connect(&world.server).await;
    let body = booking(&world.organization, Some(&world.location), 1, 2).to_string();
    let head = post_head("/api/bookings", world.manager.token().expect("the manager has a token"));
    let length = body.len();
    raw.write(format!("{head}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n").as_bytes())
        .await;
    // From now on the server is at work on this request.
    let said = raw.heard_within(SOON).await.expect("the server asks for the body");
    assert_eq!(status_of(&said), Some(100), "{said}");

    world.server.ask_to_stop();
    // Whoever asks meanwhile hears that it lives, works, and wants no more.
    let visitor = Client::new(&world.server.base);
    let draining = eventually("the server wants no more", async || {
        let ready = visitor.get("/readyz").await;
        (ready.status != 200).then_some(ready)
    })
    .await;
    assert_eq!(draining.is(503).body["status"], "draining");
    for _ in 0..3 {
        assert_eq!(visitor.get("/livez").await.is(200).body["status"], "alive");
        let refused = world.draft_by(&world.manager).await.refused(503, "unavailable");
        assert_eq!(refused.header("retry-after"), "5", "{refused:#?}");
    }
    let address = [("RISHI_HTTP_ADDR", &*world.server.address())];
    let asked = world.home.rishi_with(&address, &["health"]);
    assert!(asked.code == Some(1) && asked.stderr.contains("draining"), "{asked:?}");
    world.home.rishi_with(&address, &["health", "--live"]).ok();
    raw.write(body.as_bytes()).await;
    let answer = raw.rest(SOON).await;
    assert_eq!(status_of(&answer), Some(201), "{answer}");
    let (status, _) = world.server.ended(SOON).await;
    assert_eq!(status.code(), Some(0), "{status}");

    let server = world.home.serve().await;
    world.moved_to(server);
    world.book(1, 2).await.refused(409, "location_conflict");
}

#[tokio::test]
async fn what_is_there_before_a_stop_is_there_after_it() {
    let mut world = World::new().await;
    let made = world.book(1, 2).await.is(201);
    world.server.stop().await;
    let server = world.home.serve().await;
    world.moved_to(server);
    let path = format!("/api/bookings/{}", made.id());
    assert_eq!(world.manager.get(&path).await.is(200).body, made.body);
    assert_eq!(world.story(&made.id()).await.len(), 1);
}

#[tokio::test]
async fn two_servers_on_one_address_are_one_too_many() {
    let world = World::new().await;
    let address = world.server.address();
    let run = world.home.rishi_with(&[("RISHI_HTTP_ADDR", &address)], &["serve"]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stderr.contains(&address), "says which address is taken: {run:#?}");
}

#[tokio::test]
async fn while_its_database_is_brought_up_to_date_a_server_lives_and_wants_nothing() {
    let home = Home::new();
    if !home.url().starts_with("sqlite:") {
        println!("not run: a server's schema is migrated by a command of its own");
        return;
    }
    // Whoever holds the new file keeps the migration waiting, as a long one would.
    let holder = rusqlite::Connection::open(home.database()).unwrap();
    holder.execute_batch("PRAGMA journal_mode = wal; BEGIN IMMEDIATE").unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut server = home.spawn(&[("RISHI_HTTP_ADDR", &address)]);
    eventually("it answers", async || {
        tokio::net::TcpStream::connect(&address).await.is_ok().then_some(())
    })
    .await;
    let visitor = Client::new(&format!("http://{address}"));
    assert_eq!(visitor.get("/livez").await.is(200).body["status"], "alive");
    assert_eq!(visitor.get("/readyz").await.is(503).body["status"], "starting");
    let refused = visitor.get("/api/bookings").await.refused(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "1", "{refused:#?}");
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    server.ready().await;
    assert_eq!(visitor.get("/readyz").await.is(200).body["status"], "ready");
    visitor.get("/api/bookings").await.refused(401, "unauthenticated");
    server.stop().await;
}
