//! The benchmark for who chooses a machine: figures of real work, and nothing left behind.

use crate::support::Home;

#[test]
fn the_benchmark_measures_real_work_and_leaves_nothing_behind() {
    let home = Home::on_file();
    let beside = || {
        let folder = home.database().parent().unwrap().to_owned();
        let found = std::fs::read_dir(folder).map(Iterator::count);
        found.unwrap_or_default()
    };
    let before = beside();
    let figures = home.rishi(&["bench", "--seconds", "1", "--clients", "4", "--json"]).json();
    assert_eq!((&figures["seconds"], &figures["clients"]), (&1.into(), &4.into()));
    assert!(figures["flush"]["p50Ms"].as_f64().unwrap() > 0.0, "{figures}");
    for work in ["create", "list", "statistics"] {
        let figure = &figures["work"][work];
        assert!(figure["perSecond"].as_f64().unwrap() >= 1.0, "{work}: {figures}");
        assert!(figure["p99Ms"].as_f64() >= figure["p50Ms"].as_f64(), "{work}: {figures}");
    }
    assert!(!home.database().exists(), "the configured database is not touched");
    assert_eq!(beside(), before, "the benchmark's own database is gone");
}

#[test]
fn without_json_the_benchmark_prints_a_table() {
    let home = Home::on_file();
    let run = home.rishi(&["bench", "--seconds", "1", "--clients", "2"]).ok();
    assert!(run.stdout.contains("per second") && run.stdout.contains("statistics"), "{run:?}");
    assert!(run.stdout.contains("A flush of the disk takes"), "{run:?}");
}
