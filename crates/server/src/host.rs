//! The machine: how much memory the process holds, and how much it may hold.

use rishi_app::operations::health::Memory;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_holds_something_and_no_more_than_it_may() {
        let memory = memory().unwrap();
        assert!(memory.resident > 100_000, "{memory:?}");
        assert!(memory.resident < memory.limit, "{memory:?}");
    }
}
