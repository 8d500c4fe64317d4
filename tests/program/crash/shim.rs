//! The library that remembers how to lose unflushed writes, and the proof that it does.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rusqlite::Connection;

use super::undo::{Loss, lose};
use crate::support::workspace;

/// Compiles `tests/shim/dropcache.c` into a folder. A machine without `cc` fails here.
pub(super) fn compiled(folder: &Path) -> PathBuf {
    let library = folder.join("dropcache.so");
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&library)
        .arg(workspace().join("tests/shim/dropcache.c"))
        .output()
        .expect("`cc` is needed to compile tests/shim/dropcache.c");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "dropcache.c does not compile:\n{complaint}");
    library
}

/// How many of its acknowledged commits a program keeps when it is killed and the power fails.
fn kept_of_ten(synchronous: &str, loss: Loss) -> i64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("proof.db");
    let setup = "PRAGMA journal_mode = wal; CREATE TABLE row (number INTEGER PRIMARY KEY)";
    Connection::open(&file).unwrap().execute_batch(setup).unwrap();

    let mut child = Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--exact", "--nocapture", "crash::shim::commits_ten_rows_when_told_to"])
        .env("LD_PRELOAD", compiled(folder.path()))
        .env("RISHI_SHIM_CHILD", &file)
        .env("RISHI_SHIM_SYNCHRONOUS", synchronous)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this binary can be started again");
    let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let acknowledged = stdout.lines().map_while(Result::ok).any(|line| line == "committed 10");
    child.kill().expect("an own child can be killed");
    child.wait().expect("an own child can be waited for");
    assert!(acknowledged, "the child committed ten rows before it was killed");

    let mut random = StdRng::seed_from_u64(7);
    for suffix in ["", "-wal"] {
        lose(&PathBuf::from(format!("{}{suffix}", file.display())), loss, &mut random);
    }
    let _ = std::fs::remove_file(format!("{}-shm", file.display()));
    let database = Connection::open(&file).unwrap();
    database.query_row("SELECT count(*) FROM row", [], |row| row.get(0)).unwrap()
}

#[test]
fn commits_that_were_never_flushed_are_lost() {
    assert_eq!(kept_of_ten("OFF", Loss::Everything), 0);
    assert_eq!(kept_of_ten("NORMAL", Loss::Everything), 0);
}

#[test]
fn commits_that_were_flushed_are_kept() {
    for loss in [Loss::Everything, Loss::Suffix, Loss::Subset] {
        assert_eq!(kept_of_ten("FULL", loss), 10, "{loss:?}");
    }
}

/// The child of the two tests above, which run it with an environment of its own. Without that it
/// has nothing to do.
#[test]
fn commits_ten_rows_when_told_to() {
    let Ok(file) = std::env::var("RISHI_SHIM_CHILD") else { return };
    let synchronous = std::env::var("RISHI_SHIM_SYNCHRONOUS").expect("the parent says how to sync");
    let database = Connection::open(file).unwrap();
    database.execute_batch(&format!("PRAGMA synchronous = {synchronous}")).unwrap();
    for number in 1..=10 {
        database.execute("INSERT INTO row VALUES (?1)", [number]).unwrap();
        println!("\ncommitted {number}");
    }
    // Until the parent kills it.
    let _ = std::io::stdin().read(&mut [0]);
}
