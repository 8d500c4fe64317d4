//! The machine: what it is, what its disk can do, and who uses its processors.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use crate::figures::Latencies;
use crate::{Result, failed};

/// Filesystems that forget, on which a flush costs nothing.
const FORGETFUL: [&str; 3] = ["tmpfs", "ramfs", "overlay"];

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

pub(crate) fn describe(dir: &Path, date: Option<&str>) -> Value {
    let line = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let found = text.lines().find(|line| line.starts_with(key));
        found.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let today = || jiff::Zoned::now().date().to_string();
    json!({
        "cores": cores(),
        "cpu": line("/proc/cpuinfo", "model name"),
        "memory": line("/proc/meminfo", "MemTotal"),
        "kernel": fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
        "filesystem": filesystem(dir).ok(),
        "date": date.map_or_else(today, str::to_owned),
    })
}

/// The type of the filesystem that holds `dir`, from the longest mount point above it.
fn filesystem(dir: &Path) -> Result<String> {
    let dir = dir.canonicalize()?;
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mount = |line: &str| {
        let mut words = line.split(' ').skip(1);
        let (point, kind) = (words.next()?.to_owned(), words.next()?.to_owned());
        dir.starts_with(&point).then_some((point.len(), kind))
    };
    let found = mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length);
    found.map(|(_, kind)| kind).ok_or_else(|| failed("no mount point holds the folder"))
}

/// Refuses a folder on which flushing is no work.
pub(crate) fn check_disk(dir: &Path) -> Result<()> {
    let kind = filesystem(dir)?;
    if FORGETFUL.contains(&kind.as_str()) {
        let dir = dir.display();
        return Err(failed(format!("{dir} is on {kind}; name a folder on a real disk with --dir")));
    }
    Ok(())
}

/// Times of 200 writes of 4 KiB with fdatasync each: at the end of a file that grows, or over blocks
/// that the file has already. A write-ahead log does the one until it is started over and the other
/// from then on.
pub(crate) fn flushes(dir: &Path, grows: bool) -> Result<Latencies> {
    const BLOCK: [u8; 4096] = [0x5a; 4096];
    const COUNT: usize = 200;
    let path = dir.join("flush");
    let mut file = File::create(&path)?;
    if !grows {
        (0..COUNT).try_for_each(|_| file.write_all(&BLOCK))?;
        file.sync_all()?;
        file.seek(SeekFrom::Start(0))?;
    }
    let mut times = Latencies::default();
    for _ in 0..COUNT {
        let begun = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    Ok(times)
}

/// Takes a file out of the page cache, so that whoever opens it next reads from the disk.
pub(crate) fn forget(path: &Path) -> Result<()> {
    File::open(path)?.sync_all()?;
    let mut input = std::ffi::OsString::from("if=");
    input.push(path);
    let done = Command::new("dd")
        .arg(input)
        .args(["of=/dev/null", "iflag=nocache", "count=0", "status=none"])
        .status()?;
    if done.success() { Ok(()) } else { Err(failed("dd cannot drop the file from the page cache")) }
}

/// Nanoseconds of processor time of a process by the names of its threads.
pub(crate) fn threads(process: u32) -> Result<BTreeMap<String, u64>> {
    let mut times = BTreeMap::new();
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let task = task?.path();
        // A thread may end while we look.
        let Ok(name) = fs::read_to_string(task.join("comm")) else { continue };
        let Ok(times_text) = fs::read_to_string(task.join("schedstat")) else { continue };
        *times.entry(name.trim().to_owned()).or_default() += first_number(&times_text);
    }
    Ok(times)
}

/// Nanoseconds of processor time of the calling thread.
pub(crate) fn own_thread() -> u64 {
    first_number(&fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default())
}

fn first_number(text: &str) -> u64 {
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// Nanoseconds that all processors have been busy, whoever used them, the hypervisor included.
pub(crate) fn busy() -> u64 {
    const TICK_NANOS: u64 = 10_000_000;
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u64> =
        line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal
    let busy = ticks.iter().enumerate().filter(|(index, _)| !matches!(index, 3 | 4 | 8..));
    busy.map(|(_, ticks)| ticks).sum::<u64>() * TICK_NANOS
}

/// The share of the machine that is used while we do nothing.
pub(crate) fn others() -> f64 {
    let (before, begun) = (busy(), Instant::now());
    std::thread::sleep(std::time::Duration::from_millis(300));
    (busy() - before) as f64 / 1e9 / begun.elapsed().as_secs_f64() / cores() as f64
}

/// `VmRSS` and `VmHWM` of a process in MiB.
pub(crate) fn memory(process: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kibibytes.map(|kibibytes| kibibytes / 1024.0).ok_or_else(|| failed(format!("no {name}")))
    };
    Ok((field("VmRSS:")?, field("VmHWM:")?))
}
