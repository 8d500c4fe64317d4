//! `rishi migrate --from`: a file becomes a database on a server, whole, whatever interrupts it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::verified;
use crate::bus::tamper::Tamper;
use crate::smoke::tour;
use crate::support::database::Database;
use crate::support::{Client, Home, World, booking, drafts, eventually, wait::within};

/// A file with somebody's data, a server to move it to, and its key.
struct Move {
    from: Home,
    to: Home,
    key: String,
}

impl Move {
    async fn of(from: Home) -> Self {
        let key = format!("{}.key", from.database().display());
        let key = std::fs::read_to_string(key).unwrap().trim().to_owned();
        Self { from, to: Home::on_postgres().await, key }
    }

    fn source(&self) -> String {
        format!("sqlite:{}", self.from.database().display())
    }

    /// The command, with the key that opens what is sealed.
    fn command(&self) -> std::process::Command {
        let mut command = self.to.command();
        command.env("RISHI_SECRET_KEY", &self.key);
        command.args(["migrate", "--from", &self.source(), "--json"]);
        command
    }

    fn run(&self) -> crate::support::cli::Run {
        let arguments = ["migrate", "--from", &self.source(), "--json"];
        self.to.rishi_with(&[("RISHI_SECRET_KEY", &self.key)], &arguments)
    }

    fn begin(&self) -> Child {
        let said = File::create(self.to.path("moving.log")).unwrap();
        let mut command = self.command();
        command.stdout(Stdio::null()).stderr(said).spawn().unwrap()
    }

    /// Into another database, and killed once the log and the organizations are there.
    async fn killed_half_way(&mut self) {
        self.to = Home::on_postgres().await;
        let mut child = self.begin();
        within(Duration::from_mins(1), "a part of it is there", async || {
            let sql = "SELECT count(*) FROM copied WHERE name IN ('events', 'organizations')";
            (Database::of(&self.to).number(sql) == Some(2)).then_some(())
        })
        .await;
        assert!(child.try_wait().unwrap().is_none(), "it was not quicker");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Demands that the server says exactly what the file says.
    fn assert_same(&self, report: &Value) {
        let mut there = Database::of(&self.from).counts();
        there.remove("refinery_schema_history");
        let told: BTreeMap<String, i64> = serde_json::from_value(report["tables"].clone()).unwrap();
        assert_eq!(told, there, "every table is in the report");
        let arrived = Database::of(&self.to).counts();
        for (table, rows) in there {
            assert_eq!(arrived.get(&table), Some(&rows), "{table}");
        }
        let (source, target) = (Database::of(&self.from), Database::of(&self.to));
        let chain = |database: &Database| {
            let event = |one: crate::support::database::StoredEvent| {
                (one.position, one.subject, one.version, one.kind)
            };
            database.events().into_iter().map(event).collect::<Vec<_>>()
        };
        assert_eq!(chain(&source), chain(&target));
    }
}

/// The demo's data in a file, with what the demo says on its way: passwords and tokens.
async fn demo() -> (Home, String) {
    let home = Home::on_file();
    let said = home.path("said");
    let out = File::create(&said).unwrap();
    let mut command = home.command();
    let serving = command.args(["serve", "--demo"]).stdout(out).stderr(Stdio::null());
    let mut child = serving.spawn().unwrap();
    let text = within(Duration::from_mins(4), "the demo is there", async || {
        let text = std::fs::read_to_string(&said).unwrap();
        text.contains("curl").then_some(text)
    })
    .await;
    eventually("all reactions are through", async || {
        (Database::of(&home).unhandled() == 0).then_some(())
    })
    .await;
    child.kill().unwrap();
    child.wait().unwrap();
    (home, text)
}

/// E-mail address and password of the first person that the demo names.
fn way_in(said: &str) -> (String, String) {
    let line = said.lines().find(|line| line.contains(", password ")).unwrap();
    let (person, password) = line.split_once(", password ").unwrap();
    let (_, email) = person.split_once(": ").unwrap();
    (email.to_owned(), password.to_owned())
}

#[tokio::test]
async fn postgres_the_demo_is_moved_whole_and_goes_on_where_it_was() {
    let (home, said) = demo().await;
    // Secrets that are sealed, and a session that is open.
    let (email, password) = way_in(&said);
    let mut server = home.serve_with(&[("RISHI_WEBHOOK_ALLOW_LOOPBACK", "on")]).await;
    let client = Client::new(&server.base).sign_in(&email, &password).await;
    let listed = client.get("/api/organizations").await.is(200);
    let mut clients = listed.list("organizations").iter().filter(|one| one["kind"] == "client");
    let organization = clients.next().unwrap()["id"].as_str().unwrap().to_owned();
    let hook = json!({
        "organizationId": organization,
        "url": "http://127.0.0.1:9/hook",
        "eventTypes": ["BOOKING_CREATED"],
    });
    client.post("/api/webhooks", &hook).await.is(201);
    let moving = Move::of(home).await;
    let refused = moving.run();
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("is in use: stop the server"), "{refused:#?}");
    server.stop().await;

    // Without the key that opens them, secrets are not carried to where nobody can read them.
    let arguments = ["migrate", "--from", &moving.source()];
    let mut command = moving.to.command();
    let keyless = command.env_remove("RISHI_SECRET_KEY").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&keyless.stderr);
    assert_eq!(keyless.status.code(), Some(1), "{said}");
    assert!(said.contains("RISHI_SECRET_KEY_FILE="), "{said}");
    let wrong = moving.to.rishi(&arguments);
    assert_eq!(wrong.code, Some(1), "{wrong:#?}");
    assert!(wrong.stderr.contains("not the key"), "{wrong:#?}");

    let run = moving.run();
    assert!(run.stderr.contains("copying events: "), "progress is told: {run:#?}");
    let report = run.json();
    assert_eq!(report["verified"], true, "{report}");
    moving.assert_same(&report);
    for table in [
        "bookings",
        "assignments",
        "sessions",
        "passwords",
        "tokens",
        "timers",
        "subscriptions",
        "notifications",
        "webhook_endpoints",
        "booking_counters",
        "signing_keys",
    ] {
        assert!(report["tables"][table].as_i64() > Some(0), "the demo has {table}: {report}");
    }
    let again = moving.run();
    assert_eq!(again.code, Some(1), "{again:#?}");
    assert!(again.stderr.contains("is not empty"), "{again:#?}");

    let key = [("RISHI_SECRET_KEY", moving.key.as_str())];
    let server = moving.to.serve_with(&key).await;
    client.moved_to(&server.base).get("/api/auth/me").await.is(200);
    let there = Client::new(&server.base).sign_in(&email, &password).await;
    let head = report["head"].as_i64().unwrap();
    let made = there.post("/api/bookings", &booking(&organization, None, 1, 2)).await.is(201);
    eventually("somebody is told of it", async || {
        let story = there.get(&format!("/api/bookings/{}/events", made.id())).await.is(200);
        let next = story.list("events")[0]["position"].as_i64();
        assert!(next > Some(head) && next <= Some(head + 3), "{next:?} after {head}");
        (Database::of(&moving.to).unhandled() == 0).then_some(())
    })
    .await;
    drop(server);
    let found = verified(&moving.to);
    assert_eq!(found["valid"], true, "{found}");
    let events = Database::of(&moving.to).events();
    crate::support::database::assert_gap_free(&events);
}

/// A file with as many bookings, without a location, as are asked for, and a part of the log removed.
async fn large(bookings: usize) -> Home {
    let world = World::in_home(Home::on_file()).await;
    world.booking_in("confirmed").await;
    world.settle().await;
    let mut text = "title,scheduledStart,scheduledEnd\r\n".to_owned();
    for number in 0..bookings {
        let from = i64::try_from(number % 500).unwrap();
        let (start, end) = (drafts::hour(from), drafts::hour(from + 2));
        write!(text, "Booking {number},{start},{end}\r\n").unwrap();
    }
    let file = world.home.path("bookings.csv");
    std::fs::write(&file, text).unwrap();
    let (file, person) = (file.to_str().unwrap(), "manager@example.com");
    let arguments = ["import", file, "--organization", &world.organization, "--user", person];
    world.home.rishi(&arguments).ok();
    within(Duration::from_mins(2), "all reactions are through", async || {
        (Database::of(&world.home).unhandled() == 0).then_some(())
    })
    .await;
    world.home.rishi(&["events", "retain", "--through", "7", "--yes"]).ok();
    let World { home, server, .. } = world;
    drop(server);
    home
}

#[tokio::test]
async fn postgres_a_move_that_is_killed_again_and_again_ends_whole() {
    let mut moving = Move::of(large(2_500).await).await;
    let (mut kills, mut marked) = (0, 0);
    let mut life = Duration::from_millis(30);
    // Each lives longer than the one before, so that every stage is cut off, and one comes to its end.
    let ended = loop {
        let mut child = moving.begin();
        tokio::time::sleep(life).await;
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        life = life * 8 / 5;
        // Before the mark there is nothing in it: a database like any new one.
        if Database::of(&moving.to).number("SELECT count(*) FROM copying") == Some(1) {
            let refused = moving.to.rishi(&["serve"]);
            assert_eq!(refused.code, Some(1), "what is not whole is not served: {refused:#?}");
            assert!(refused.stderr.contains("is not finished"), "{refused:#?}");
            marked += 1;
        }
    };
    let said = std::fs::read_to_string(moving.to.path("moving.log")).unwrap();
    assert!(ended.success(), "after {kills} kills: {said}");
    assert!(kills >= 5 && marked >= 2, "only {kills} were killed, {marked} of them half way");
    let mut server = moving.to.serve_with(&[("RISHI_SECRET_KEY", &moving.key)]).await;
    server.stop().await;
    let found = verified(&moving.to);
    assert_eq!(found["valid"], true, "{found}");
    moving.from.rishi(&["events", "verify"]).ok();

    // What went on meanwhile is not put together with what was there before.
    moving.killed_half_way().await;
    let rename = |name: &str| {
        let sql = format!("UPDATE organizations SET name = '{name}' WHERE kind = 'internal'");
        Database::change(&moving.from, &sql);
    };
    rename("Another");
    let changed = moving.run();
    assert_eq!(changed.code, Some(1), "{changed:#?}");
    assert!(changed.stderr.contains("the rows of organizations are others"), "{changed:#?}");
    rename("Rishi");
    let report = moving.run().json();
    assert!(report["rowsFromBefore"].as_i64() > Some(2_500), "{report}");
    moving.assert_same(&report);

    moving.killed_half_way().await;
    moving.from.add_token("admin@example.com", None);
    let moved = moving.run();
    assert_eq!(moved.code, Some(1), "{moved:#?}");
    assert!(moved.stderr.contains("has changed since this copy was begun"), "{moved:#?}");
}

#[tokio::test]
async fn postgres_a_file_that_is_not_what_it_was_is_not_moved() {
    let world = World::in_home(Home::on_file()).await;
    tour(&world).await;
    world.settle().await;
    let World { home, mut server, .. } = world;
    server.stop().await;
    let moving = Move::of(home).await;
    let file = moving.from.database();
    let keep = moving.from.path("kept.db");
    std::fs::copy(&file, &keep).unwrap();
    let tampered = [
        ("UPDATE events SET source = source || '!' WHERE position = 9", "position 9"),
        ("DELETE FROM events WHERE position = 9", "position 9"),
        ("UPDATE bookings SET title = 'Another' WHERE status = 'completed'", "bookings"),
    ];
    for (sql, part) in tampered {
        std::fs::copy(&keep, &file).unwrap();
        Tamper::with(&file).change(1, sql, []);
        let to = Home::on_postgres().await;
        let arguments = ["migrate", "--from", &moving.source()];
        let refused = to.rishi_with(&[("RISHI_SECRET_KEY", &moving.key)], &arguments);
        assert_eq!(refused.code, Some(1), "{sql}: {refused:#?}");
        assert!(refused.stderr.contains(part), "{sql}: {refused:#?}");
        let served = to.rishi(&["serve"]);
        assert_eq!(served.code, Some(1), "{sql}: {served:#?}");
    }
}

#[tokio::test]
async fn postgres_what_cannot_be_moved_is_refused_in_words_that_help() {
    let to = Home::on_postgres().await;
    let refused = |home: &Home, arguments: &[&str]| {
        let run = home.rishi(arguments);
        assert_eq!(run.code, Some(1), "{run:#?}");
        run.stderr
    };
    let missing = refused(&to, &["migrate", "--from", "sqlite:nowhere.db"]);
    assert!(missing.contains("there is no database at nowhere.db"), "{missing}");
    let text: PathBuf = to.path("text.db");
    std::fs::write(&text, "not a database at all, but long enough to be looked at as one").unwrap();
    let foreign = refused(&to, &["migrate", "--from", &format!("sqlite:{}", text.display())]);
    assert!(foreign.contains("not a database of this platform"), "{foreign}");
    let server = refused(&to, &["migrate", "--from", "postgres://a@b/c"]);
    assert!(server.contains("pg_dump"), "{server}");
    let file = Home::on_file();
    file.rishi(&["migrate"]).ok();
    let source = format!("sqlite:{}", file.database().display());
    let nowhere = refused(&file, &["migrate", "--from", &source]);
    assert!(nowhere.contains("--to postgres://"), "{nowhere}");
    let connection = rusqlite::Connection::open(file.database()).unwrap();
    connection.execute_batch("DELETE FROM refinery_schema_history WHERE version >= 20").unwrap();
    drop(connection);
    let older = refused(&file, &["migrate", "--from", &source, "--to", &to.url()]);
    assert!(older.contains("rishi migrate --database-url"), "{older}");
}
