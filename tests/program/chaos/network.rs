//! A node that is cut off from the database and from nothing else: packets vanish, and nobody is told. The database lives in
//! a network namespace, which only root may make, with a wire for each node.

use std::process::Command;

use super::load::Load;
use super::primary::Primary;
use crate::cluster::{NODE, Town};
use crate::support::{Home, booking, eventually};

/// A namespace with two wires from here: 10.A.1.0/24 and 10.A.2.0/24, where here is 1 and there is 2.
struct Namespace {
    name: String,
    network: String,
}

impl Namespace {
    /// Nothing, with the reason printed, where it is not permitted.
    fn new() -> Option<Self> {
        let id = std::process::id();
        let space = Self { name: format!("rishi{id}"), network: format!("10.{}", 128 + id % 100) };
        if let Err(why) = ip(&format!("netns add {}", space.name)) {
            eprintln!("skipped, as no network namespace can be made: {why}");
            return None;
        }
        for number in [1, 2] {
            let Self { name, network } = &space;
            let here = space.wire(number);
            for line in [
                format!("link add {here} type veth peer name peer{number} netns {name}"),
                format!("addr add {network}.{number}.1/24 dev {here}"),
                format!("link set {here} up"),
                format!("-n {name} addr add {network}.{number}.2/24 dev peer{number}"),
                format!("-n {name} link set peer{number} up"),
            ] {
                ip(&line).unwrap();
            }
        }
        Some(space)
    }

    fn wire(&self, number: u8) -> String {
        format!("{}w{number}", self.name)
    }

    /// What is there, by one of the wires.
    fn address(&self, number: u8) -> String {
        format!("{}.{number}.2", self.network)
    }

    /// Lets everything on a wire vanish, or lets it through again.
    fn set(&self, number: u8, state: &str) {
        ip(&format!("link set {} {state}", self.wire(number))).unwrap();
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The wires go with it.
        if let Err(why) = ip(&format!("netns del {}", self.name)) {
            eprintln!("the namespace {} is left over: {why}", self.name);
        }
    }
}

fn ip(line: &str) -> Result<(), String> {
    let run = Command::new("ip").args(line.split(' ')).output();
    let run = run.map_err(|why| format!("ip: {why}"))?;
    let said = String::from_utf8_lossy(&run.stderr).trim().to_owned();
    if run.status.success() { Ok(()) } else { Err(format!("ip {line}: {said}")) }
}

#[tokio::test]
async fn i1_i4_i7_a_node_that_is_cut_off_from_the_database_commits_nothing_and_comes_back() {
    let Some(space) = Namespace::new() else { return };
    let primary = Primary::start_within(&space.name, &space.address(1)).await;
    let mut town = Town::in_home(Home::at(&primary.url()), 1, &NODE).await;
    let other_way = format!("postgres://rishi@{}:{}/postgres", space.address(2), primary.port);
    let environment = [NODE[0], ("RISHI_DATABASE_URL", &other_way)];
    town.beside.push(town.world.home.serve_with(&environment).await);
    town.shared_by(2).await;
    let mut load = Load::on(&town, "cut off");
    load.goes_on(&town, "before").await;
    space.set(2, "down");
    load.goes_on(&town, "one is cut off").await;
    // All its work is with the other one, and it answers that it can do nothing.
    let here = town.world.server.address();
    eventually("all is with the other", async || {
        town.holders().values().all(|(at, _)| *at == here).then_some(())
    })
    .await;
    let there = town.world.manager.moved_to(&town.beside[0].base);
    let body = booking(&town.world.organization, None, 0, 2);
    there.post("/api/bookings", &body).await.is(503);
    space.set(2, "up");
    load.goes_on(&town, "it is back").await;
    eventually("it answers again", async || {
        (there.get("/api/auth/me").await.status == 200).then_some(())
    })
    .await;
    load.ends_well(&town).await;
    assert!(town.beside[0].log().contains("a lease ran out"), "it noticed by itself");
}
