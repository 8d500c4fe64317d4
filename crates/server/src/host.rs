//! The machine: how much memory the process holds and may hold, and how many connections it can.

use rishi_app::operations::health::Memory;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sysinfo::{MemoryRefreshKind, ProcessRefreshKind, ProcessesToUpdate, System};

/// What the process holds now; the limit is the control group's where there is one (containers),
/// else the machine's memory. Nothing where the machine does not tell.
pub(crate) fn memory() -> Option<Memory> {
    let process = sysinfo::get_current_pid().ok()?;
    let mut system = System::new().ok()?;
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[process]),
        false,
        ProcessRefreshKind::nothing().with_memory(),
    );
    let resident = system.process(process)?.memory();
    let machine = system.total_memory();
    let limit = system.cgroup_limits().map_or(machine, |group| group.total_memory.min(machine));
    (limit > 0).then_some(Memory { resident, limit })
}

/// The machine's name.
pub(crate) fn name() -> String {
    System::host_name().unwrap_or_else(|_| "unknown".to_owned())
}

/// The most connections that are held open, where the machine allows it.
const CONNECTIONS: u64 = 10_000;
/// Files that are needed beside connections: the database, logs, calls of the process itself.
const FILES: u64 = 256;

/// How many connections the process can hold. It asks for as many open files as it may have: the usual soft limit of
/// 1,024 is meant for programs that cannot deal with more.
pub(crate) fn connections() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(CONNECTIONS + FILES, |most| most.min(CONNECTIONS + FILES));
    let mut files = current.unwrap_or(wanted);
    if files < wanted {
        match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }) {
            Ok(()) => files = wanted,
            Err(error) => tracing::warn!(%error, files, "cannot ask for more open files"),
        }
    }
    let connections = files.saturating_sub(FILES).clamp(16, CONNECTIONS);
    if connections < CONNECTIONS {
        tracing::warn!(files, connections, "few files may be open, so few connections are held");
    }
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_holds_something_and_no_more_than_it_may() {
        let memory = memory().unwrap();
        assert!(memory.resident > 100_000, "{memory:?}");
        assert!(memory.resident < memory.limit, "{memory:?}");
    }

    #[test]
    fn as_many_connections_are_held_as_files_allow() {
        let connections = connections();
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        assert!((16..=10_000).contains(&connections), "{connections}");
        assert!(connections as u64 + FILES <= files.max(FILES + 16), "{connections} of {files}");
    }
}
