//! The most memory that this process had, where the system tells.

use std::fs;

/// Forgets how much memory the process had before: from now on what it has counts.
pub fn forget() {
    // See proc_pid_clear_refs(5). Where that fails, the most of the whole run is told.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that the process had since, in bytes.
pub fn most() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}
