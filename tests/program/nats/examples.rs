//! The examples for other languages, against the real binary.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::log;
use crate::nats_fixture::Nats;
use crate::support::{World, eventually, workspace};

/// A consumer at work, killed when dropped.
struct Consumer {
    child: Child,
    lines: Receiver<Value>,
}

impl Consumer {
    fn start(program: &PathBuf, script: &str, nats: &Nats) -> Self {
        assert!(program.exists(), "no {}: run `make deps`", program.display());
        let mut child = Command::new(program)
            .arg(workspace().join("examples").join(script))
            .env("NATS_URL", nats.url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if tell.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The ids of the next so many events.
    fn next(&self, count: usize) -> Vec<String> {
        let one = || self.lines.recv_timeout(Duration::from_secs(30)).expect("an event arrives");
        (0..count).map(|_| one()["id"].as_str().unwrap().to_owned()).collect()
    }

    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "it ends well when it is asked to");
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn node() -> PathBuf {
    let installed = workspace().join("examples/node/node_modules/.package-lock.json");
    assert!(installed.exists(), "no packages for examples/node: run `make deps`");
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).map(|folder| folder.join("node"));
    found.into_iter().find(|node| node.exists()).expect("Node.js is installed")
}

fn python() -> PathBuf {
    workspace().join(".venv/bin/python")
}

/// All events, in order; after a restart only those that are new.
async fn follow(program: &PathBuf, script: &str) {
    let nats = Nats::start().await;
    let world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    world.book(0, 2).await.is(201);
    world.settle().await;
    super::assert_relayed(&nats, &world.admin).await;
    let before = log(&world.admin).await;
    let consumer = Consumer::start(program, script, &nats);
    assert_eq!(consumer.next(before.len()), before);
    consumer.stop();
    world.book(10, 12).await.is(201);
    world.settle().await;
    let after = log(&world.admin).await;
    let again = Consumer::start(program, script, &nats);
    assert_eq!(again.next(after.len() - before.len()), after[before.len()..]);
}

#[tokio::test]
async fn the_python_consumer_gets_every_event_and_goes_on_after_a_restart() {
    follow(&python(), "python/consumer.py").await;
}

#[tokio::test]
async fn the_node_consumer_gets_every_event_and_goes_on_after_a_restart() {
    follow(&node(), "node/consumer.mjs").await;
}

#[tokio::test]
async fn the_python_publisher_brings_an_event_into_the_log_once() {
    let nats = Nats::start().await;
    let world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    eventually("messages are taken", async || {
        let jetstream = nats.jetstream().await;
        jetstream.get_stream("RISHI_INGRESS").await.ok().map(drop)
    })
    .await;
    for _ in 0..2 {
        let done = Command::new(python())
            .arg(workspace().join("examples/python/publish.py"))
            .args([world.organization.as_str(), "7"])
            .env("NATS_URL", nats.url())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    }
    let found = async || {
        let page = world.admin.get("/api/events?type=EXTERNAL_DOOR_OPENED&after=0").await.is(200);
        page.list("events").clone()
    };
    eventually("it is in the log", async || (!found().await.is_empty()).then_some(())).await;
    world.settle().await;
    assert_eq!(found().await.len(), 1);
}
