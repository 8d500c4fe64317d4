//! Bad input gets a clear 4xx, in one shape, and leaves no trace.

mod bodies;
mod messages;
mod requests;
mod rules;
mod sizes;
mod slowness;

use std::collections::BTreeMap;

use crate::support::World;
use crate::support::database::Database;

/// Remembers how many rows every table has, and finds out when one was added.
struct Witness {
    database: Database,
    before: BTreeMap<String, i64>,
}

impl Witness {
    /// Looks once everything that happened before has had its consequences.
    async fn of(world: &World) -> Self {
        world.settle().await;
        let database = Database::of(&world.home);
        let before = database.counts();
        Self { database, before }
    }

    #[track_caller]
    fn saw_nothing(&self, case: &str) {
        assert_eq!(self.database.counts(), self.before, "{case} left a trace");
    }
}
