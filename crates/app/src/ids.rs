//! Where new ids come from: UUID version 7 (RFC 9562), so that rows made together lie together.

use std::sync::Arc;

use rishi_bus::Clock;
use uuid::{ContextV7, Uuid};

/// Makes ids that sort by the time at which they were made, strictly within one process.
pub struct Ids {
    clock: Arc<dyn Clock>,
    counter: std::sync::Mutex<ContextV7>,
}

impl Ids {
    /// Ids by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counter: std::sync::Mutex::new(ContextV7::new()) }
    }

    /// A new id of any type that is one.
    pub fn next<T: From<Uuid>>(&self) -> T {
        let now = self.clock.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        let counter = self.counter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*counter, seconds, nanos)).into()
    }
}
