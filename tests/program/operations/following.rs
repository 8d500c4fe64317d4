//! `rishi events tail`: from where, of what, how many, and on with what comes.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::support::{Home, World};

/// A tail that is being followed. Ended when dropped.
struct Following {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Following {
    fn begin(home: &Home, more: &[&str]) -> Self {
        let mut child = home
            .command()
            .args(["events", "tail", "--follow", "--json"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the rishi binary starts");
        let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        Self { child, lines }
    }

    /// The next event; it is waited for.
    fn next(&mut self) -> Option<Value> {
        let line = self.lines.next()?.expect("stdout can be read");
        Some(serde_json::from_str(&line).expect("an event in JSON"))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_tail_goes_on_with_what_comes_until_it_is_asked_to_stop() {
    let world = World::new().await;
    let first = world.draft().await.id();
    let position = world.story(&first).await[0]["position"].to_string();
    let arguments = ["--from", &position, "--type", "BOOKING_CREATED"];
    let mut tail = Following::begin(&world.home, &arguments);
    let about = |event: Option<Value>| event.expect("it goes on")["subject"].clone();
    assert_eq!(about(tail.next()), format!("booking/{first}"));
    for _ in 0..2 {
        // Another process writes what is followed.
        let booking = world.draft().await.id();
        assert_eq!(about(tail.next()), format!("booking/{booking}"));
    }
    let pid = tail.child.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
    assert!(asked.success());
    assert_eq!(tail.next(), None, "nothing more is said");
    assert_eq!(tail.child.wait().expect("an own child").code(), Some(0));

    // With a limit it ends by itself.
    let mut tail = Following::begin(&world.home, &[&arguments[..], &["--limit", "4"]].concat());
    for _ in 0..3 {
        tail.next().expect("those that are there");
    }
    let booking = world.draft().await.id();
    assert_eq!(about(tail.next()), format!("booking/{booking}"));
    assert_eq!(tail.next(), None);
    assert_eq!(tail.child.wait().expect("an own child").code(), Some(0));
}

#[tokio::test]
async fn a_tail_begins_where_it_is_told_and_shows_what_is_wanted() {
    let world = World::new().await;
    let booking = world.booking_in("confirmed").await.id();
    world.settle().await;
    let told = |more: &[&str]| -> Vec<(u64, String)> {
        let run = world.home.rishi(&[&["events", "tail", "--json"], more].concat()).ok();
        let event = |event: &Value| {
            let kind = event["type"].as_str().expect("a type").to_owned();
            (event["position"].as_u64().expect("a position"), kind)
        };
        let all: Vec<Value> = serde_json::from_str(&run.stdout).expect("one JSON document");
        all.iter().map(event).collect()
    };
    let all = told(&["--from", "1"]);
    let head = all.len() as u64;
    assert!(all.iter().map(|(position, _)| *position).eq(1..=head), "{all:?}");
    assert!(head > 20, "there is more than is shown unasked");
    assert_eq!(told(&[]), all[all.len() - 20..]);
    assert_eq!(told(&["--limit", "3"]), all[all.len() - 3..], "the newest");
    assert_eq!(told(&["--from", "4", "--limit", "3"]), all[3..6], "from there on");
    let beyond = (head + 1).to_string();
    assert!(told(&["--from", &beyond]).is_empty());
    let wanted = |types: &[&str]| -> Vec<(u64, String)> {
        all.iter()
            .filter(|(_, kind)| types.iter().any(|one| kind.starts_with(one)))
            .cloned()
            .collect()
    };
    let created = wanted(&["BOOKING_CREATED", "USER_"]);
    assert_eq!(told(&["--from", "1", "--type", "BOOKING_CREATED", "--type", "USER_*"]), created);
    let last = told(&["--type", "BOOKING_CREATED", "--limit", "1"]);
    assert_eq!(last, wanted(&["BOOKING_CREATED"])[1..], "of the two the newer one");
    let shown = world.home.rishi(&["events", "tail", "--limit", "1"]).ok().stdout;
    assert!(shown.trim_start().starts_with(&head.to_string()), "{shown}");
    assert!(world.story(&booking).await.len() > 3);
}
