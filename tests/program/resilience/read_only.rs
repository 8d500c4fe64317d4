//! A database that is made read-only under a running server: told of at once, read as before, and healed by itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Client, World, eventually};

/// A file that nobody may write, whoever has it open.
struct Immutable(PathBuf);

impl Immutable {
    /// Nothing where this may not be done: it takes root, and a file system that knows the attribute.
    fn new(file: &Path) -> Option<Self> {
        let done = Command::new("chattr").arg("+i").arg(file).output();
        done.is_ok_and(|output| output.status.success()).then(|| Self(file.to_owned()))
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg("-i").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_database_made_read_only_is_told_of_refuses_writes_and_is_read_as_before() {
    let mut world = World::new().await;
    let visitor = Client::new(&world.server.base);
    let mut answered = vec![world.draft().await.id()];
    world.settle().await;
    let database = world.home.database();
    let log = database.with_extension("db-wal");
    // Either is enough: the log alone still takes writes when the database does not.
    for file in [&database, &log] {
        let Some(immutable) = Immutable::new(file) else {
            println!("not run: only root may make a file immutable, where that can be done");
            return;
        };
        // Nobody writes: health looks by itself.
        let told = eventually("health tells of it", async || {
            let health = world.admin.get("/api/system/health").await.is(200).body;
            (health["components"]["database"]["status"] == "unhealthy").then_some(health)
        })
        .await;
        let details = &told["components"]["database"]["details"];
        assert_eq!(
            (details["answers"].as_bool(), details["writable"].as_bool()),
            (Some(true), Some(false)),
            "{details:#}"
        );
        assert_eq!(details["problem"], "the database is read-only");
        assert_eq!(told["overall"], "unhealthy", "{told:#}");
        for _ in 0..5 {
            let refused = world.draft_by(&world.manager).await.refused(503, "unavailable");
            assert!(!refused.header("retry-after").is_empty(), "{refused:#?}");
        }
        for booking in &answered {
            world.manager.get(&format!("/api/bookings/{booking}")).await.is(200);
        }
        visitor.get("/livez").await.is(200);
        visitor.get("/readyz").await.is(200);
        let metrics = visitor.get("/metrics").await.is(200).text;
        assert!(metrics.contains("rishi_database_writable 0"), "{metrics}");
        let closed = "rishi_circuit_state{circuit=\"database\",state=\"closed\"} 1";
        assert!(metrics.contains(closed), "reading works, so it is not down: {metrics}");

        drop(immutable);
        eventually("health tells that it is over", async || {
            let health = world.admin.get("/api/system/health").await.is(200).body;
            (health["components"]["database"]["status"] == "healthy").then_some(())
        })
        .await;
        answered.push(world.draft().await.id());
        world.settle().await;
    }
    world.server.kill();
    let server = world.home.serve().await;
    world.moved_to(server);
    for booking in &answered {
        world.manager.get(&format!("/api/bookings/{booking}")).await.is(200);
    }
    world.home.rishi(&["events", "verify"]).ok();
}
