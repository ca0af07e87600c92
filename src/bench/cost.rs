//! What the machine says of the costs: the times of processes, the load, the disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How often the disk is asked.
const SYNCS: usize = 33;

/// What Linux counts the times of processes in, whatever the machine (proc(5), `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// The CPU time of a process, its threads included; of this one if no number is given. `None` where there is no such file as on Linux.
pub(super) fn cpu_time(process: Option<u32>) -> Option<Duration> {
    let name = process.map_or_else(|| "self".to_owned(), |process| process.to_string());
    let text = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
    // The name of the program stands in brackets, and may hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    let ticks = |field: usize| fields.split_whitespace().nth(field)?.parse::<u32>().ok();
    Some(TICK * (ticks(11)? + ticks(12)?))
}

/// How many processes want to run, on the average of the last minute.
pub(super) fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// How long a disk takes to make 4 KiB durable at the end of a file in the folder: the median.
pub(super) fn sync_time(folder: &Path) -> Result<Duration> {
    let path = folder.join("sync");
    let measure = || -> std::io::Result<Vec<Duration>> {
        let mut file = File::create_new(&path)?;
        (0..SYNCS)
            .map(|_| {
                file.write_all(&[0; 4096])?;
                let begun = Instant::now();
                file.sync_data()?;
                Ok(begun.elapsed())
            })
            .collect()
    };
    let mut times = measure().with_context(|| format!("could not write {}", path.display()))?;
    fs::remove_file(&path).with_context(|| format!("could not remove {}", path.display()))?;
    times.sort_unstable();
    times.get(SYNCS / 2).copied().context("nothing was measured")
}
