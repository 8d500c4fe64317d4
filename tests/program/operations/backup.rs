//! A backup taken while the server writes is one moment's whole truth.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::database::{Database, assert_gap_free};
use crate::support::drafts::titled;
use crate::support::{Client, Home, World, booking, eventually};

/// Makes bookings until told to stop; answers their titles in the order of their answers.
async fn keep_booking(client: Client, organization: String, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut titles = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let title = format!("booking {}", titles.len());
        let body = titled(booking(&organization, None, 1, 2), &title);
        client.post("/api/bookings", &body).await.is(201);
        titles.push(title);
    }
    titles
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_i3_a_backup_taken_under_load_restores_to_a_whole_and_running_platform() {
    let world = World::on_file().await;
    let stop = Arc::new(AtomicBool::new(false));
    let writing =
        keep_booking(world.manager.clone(), world.organization.clone(), Arc::clone(&stop));
    let writing = tokio::spawn(writing);
    eventually("the writer is at work", async || {
        (Database::of(&world.home).bookings().len() > 20).then_some(())
    })
    .await;
    let before = Database::of(&world.home).bookings().len();
    let file = world.home.path("copy.rishi-backup");
    let file = file.to_str().unwrap().to_owned();
    let home = &world.home;
    let run = tokio::task::block_in_place(|| home.rishi(&["backup", &file])).ok();
    let after = Database::of(&world.home).bookings().len();
    stop.store(true, Ordering::Relaxed);
    let titles = writing.await.expect("the writer's demands hold");
    assert!(after > before, "it was written to meanwhile: {run:?}");

    let fresh = Home::on_file();
    fresh.rishi(&["restore", &file]).ok();
    let server = fresh.serve().await;
    let manager = world.manager.moved_to(&server.base);
    let database = Database::of(&fresh);
    assert_eq!(database.integrity(), "ok");
    assert_gap_free(&database.events());
    let kept = database.bookings().len();
    assert!((before..=after).contains(&kept), "{before} <= {kept} <= {after}");
    let kept_titles: Vec<String> = database.bookings().into_iter().map(|row| row.0).collect();
    for title in &titles[..kept] {
        assert!(kept_titles.contains(title), "no hole: {title} is there");
    }
    let born = database.events().iter().filter(|event| event.kind == "BOOKING_CREATED").count();
    assert_eq!(born, kept, "one event each");
    let body = booking(&world.organization, None, 1, 2);
    manager.post("/api/bookings", &body).await.is(201);
}

#[tokio::test]
async fn a_restore_does_not_overwrite_what_is_there() {
    let mut world = World::on_file().await;
    let made = world.book(1, 2).await.is(201).id();
    let file = world.home.path("copy.rishi-backup");
    let file = file.to_str().unwrap();
    world.home.rishi(&["backup", file]).ok();
    let later = world.book(3, 4).await.is(201).id();
    world.server.stop().await;

    let run = world.home.rishi(&["restore", file]);
    assert_eq!(run.code, Some(1), "an existing database is not replaced unasked: {run:#?}");
    assert!(!run.stderr.trim().is_empty(), "and it is said what to do: {run:#?}");
    let server = world.home.serve().await;
    world.moved_to(server);
    for booking in [made, later] {
        world.manager.get(&format!("/api/bookings/{booking}")).await.is(200);
    }
}

#[tokio::test]
async fn what_is_no_backup_is_not_restored() {
    let home = Home::on_file();
    let file = home.path("nonsense");
    std::fs::write(&file, "not a database").unwrap();
    let run = home.rishi(&["restore", file.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(!home.database().exists(), "nothing is left lying around");
    let missing = home.path("missing");
    let run = home.rishi(&["restore", missing.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{run:#?}");
}
