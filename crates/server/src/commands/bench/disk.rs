//! What the disk can do: the least that every commit costs.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use rishi_bus::Clock;

use super::elapsed;
use super::figures::Latencies;
use crate::failure::Failure;

/// How many flushes are timed.
const COUNT: usize = 200;

/// Times of appending 4 KiB to a file in `folder` with a flush each.
pub(super) fn flushes(folder: &Path, clock: &dyn Clock) -> Result<Latencies, Failure> {
    time(folder, clock).map_err(|error| Failure::broken("cannot measure the disk", error))
}

fn time(folder: &Path, clock: &dyn Clock) -> std::io::Result<Latencies> {
    let mut file = File::create(folder.join("flush"))?;
    let mut times = Latencies::default();
    for _ in 0..COUNT {
        let before = clock.now();
        file.write_all(&[0x5a; 4096])?;
        file.sync_data()?;
        times.push(elapsed(before, clock.now()));
    }
    Ok(times)
}
