//! Hears what operators say, in this process or another, and tells the workers.
//!
//! Asked of the ledger every second and at once when an order was committed here, so an order that nobody was woken for
//! takes effect a second later. Generations only grow: an answer that was overtaken by a worker's own reading changes
//! nothing.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::watch;

use super::{
    LOOK,
    patience::patiently,
    worker::{Idle, Shared},
};
use crate::{Control, Ledger};

/// What operators have said of a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) paused: bool,
    pub(crate) generation: u64,
}

impl Said {
    /// Takes news in; false when it is none.
    pub(crate) fn hear(&mut self, news: Self) -> bool {
        let before = *self;
        if news.generation >= self.generation {
            *self = news;
        }
        before != *self
    }
}

/// Listens until stopped. `idle` is answered once everything said before the question has been told.
pub(crate) async fn listen<L: Ledger + ?Sized>(
    shared: Arc<Shared<L>>,
    workers: HashMap<String, watch::Sender<Said>>,
    mut question: watch::Receiver<u64>,
    idle: watch::Sender<Idle>,
) {
    let mut changes = shared.ledger.control_changes();
    loop {
        let asked = *question.borrow_and_update();
        let read = *changes.borrow_and_update();
        let ask = || shared.ledger.controls();
        let Some(controls) = patiently(&shared.stop, "all", "controls", ask).await else { return };
        for Control { name, paused, generation } in controls {
            if let Some(said) = workers.get(&name) {
                said.send_if_modified(|said| said.hear(Said { paused, generation }));
            }
        }
        idle.send_replace(Idle { question: asked, read });
        tokio::select! {
            () = shared.stop.cancelled() => return,
            Ok(()) = changes.changed() => {}
            Ok(()) = question.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
