//! A long export is never in memory as a whole.

use std::fmt::Write as _;
use std::fs;

use crate::support::World;
use crate::support::drafts;

/// How many rows.
const ROWS: usize = 10_000;
/// How long each one's description is.
const LENGTH: usize = 2_000;

/// A figure of the process, in bytes: `VmRSS` is what it holds, `VmHWM` the most it has held.
fn memory(pid: u32, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a figure");
    let kib = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>();
    kib.expect("a number") * 1_024
}

#[tokio::test]
async fn i14_ten_thousand_rows_are_exported_in_bounded_memory() {
    let world = World::new().await;
    let description = "x".repeat(LENGTH);
    let mut text = "title,description,scheduledStart,scheduledEnd\n".to_owned();
    let (from, to) = (drafts::hour(1), drafts::hour(2));
    for number in 0..ROWS {
        writeln!(text, "Booking {number},{description},{from},{to}").unwrap();
    }
    let file = world.home.path("many.csv");
    fs::write(&file, text).expect("the file can be written");
    let arguments = ["import", file.to_str().unwrap(), "--organization", &world.organization];
    let more = ["--user", "manager@example.com", "--json"];
    let report = world.home.rishi(&[&arguments[..], &more[..]].concat()).json();
    assert_eq!(report["imported"], ROWS);

    // Connections that were idle meanwhile may be gone.
    let manager = world.manager.moved_to(&world.server.base);
    // Twice, so that what is kept for other readers and by the allocator has its size.
    manager.get("/api/bookings/export?sort=createdAt").await.is(200);
    let whole = manager.get("/api/bookings/export?sort=createdAt").await.is(200);
    let lines = whole.text.matches("\r\n").count();
    assert_eq!(lines, ROWS + 1);
    let pid = world.server.pid();
    // From here on the peak is counted anew.
    fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("one's own process");
    let before = memory(pid, "VmRSS");
    let again = manager.get("/api/bookings/export?sort=createdAt").await.is(200);
    assert_eq!(again.text.len(), whole.text.len());
    let most = memory(pid, "VmHWM").saturating_sub(before);
    // As a whole it would be there once as text and once as rows.
    assert!(most < again.text.len(), "{most} bytes more for {} bytes", again.text.len());
}
