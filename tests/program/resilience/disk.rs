//! A full disk: reading goes on, writing is refused and heals by itself, and nothing that was answered is lost.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::database::{Database, assert_gap_free};
use crate::support::{Client, Home, World, eventually};

/// A small file system of its own over a folder.
pub(super) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Nothing where this may not be done: it takes root.
    pub(super) fn over(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16m", "rishi-test"])
            .arg(folder)
            .output()
            .expect("mount runs");
        mounted.status.success().then(|| Self(folder.to_owned()))
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut file = File::create(self.0.join("filler")).expect("a file can be made");
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    /// Nothing can be written any more.
    pub(super) fn becomes_read_only(&self) {
        let mounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status();
        assert!(mounted.expect("mount runs").success());
    }

    fn clear(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("the filler is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_lets_reads_through_and_heals_by_itself() {
    let home = Home::on_file();
    let Some(disk) = SmallDisk::over(&home.path("")) else {
        println!("not run: only root may mount a small disk");
        return;
    };
    let world = World::in_home(home).await;
    let scraper = Client::new(&world.server.base);
    let mut answered = vec![world.draft().await.id()];
    world.settle().await;

    disk.fill();
    // The log has some room of its own left.
    let refused = loop {
        let answer = world.draft_by(&world.manager).await;
        if answer.status != 201 {
            break answer;
        }
        answered.push(answer.id());
    };
    assert!(refused.is_one_of(&[503, 507]), "{refused:#?}");
    assert!(!refused.header("retry-after").is_empty(), "{refused:#?}");
    for booking in &answered {
        world.manager.get(&format!("/api/bookings/{booking}")).await.is(200);
    }
    scraper.get("/readyz").await.is(200);
    let database = eventually("health has noticed", async || {
        let health = world.admin.get("/api/system/health").await.is(200).body;
        let database = health["components"]["database"].clone();
        (database["status"] == "unhealthy").then_some(database)
    })
    .await;
    let details = &database["details"];
    assert_eq!(
        (details["answers"].as_bool(), details["writable"].as_bool()),
        (Some(true), Some(false))
    );
    assert_eq!(details["problem"], "the disk is full");
    let metrics = scraper.get("/metrics").await.is(200).text;
    assert!(metrics.contains("rishi_database_writable 0"), "{metrics}");

    disk.clear();
    // Nobody writes meanwhile: it notices by itself.
    eventually("health has noticed that there is room again", async || {
        let health = world.admin.get("/api/system/health").await.is(200).body;
        (health["components"]["database"]["status"] == "healthy").then_some(())
    })
    .await;
    answered.push(world.draft().await.id());
    world.settle().await;
    let mut world = world;
    world.server.kill();
    let server = world.home.serve().await;
    world.moved_to(server);
    for booking in &answered {
        world.manager.get(&format!("/api/bookings/{booking}")).await.is(200);
    }
    let kept = Database::of(&world.home);
    assert_eq!(kept.integrity(), "ok");
    assert_gap_free(&kept.events());
    println!("{} bookings were answered before the disk was full", answered.len() - 1);
}
