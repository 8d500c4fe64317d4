//! Events as messages of a stream, written once for all who follow the log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::sse::Event;
use rishi_app::Envelope;

/// How many messages are kept: those who follow the log want the newest, at about the same time.
const KEPT: usize = 64;

/// The newest messages.
#[derive(Default)]
pub(crate) struct Frames(Mutex<VecDeque<(Arc<Envelope>, Event)>>);

impl Frames {
    /// The message for an event as a reader may see it. What is hidden from some is another event, so that nobody is
    /// given a message that was written for somebody else.
    pub(super) fn of(&self, event: &Arc<Envelope>) -> Event {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, frame)) = kept.iter().rev().find(|(known, _)| Arc::ptr_eq(known, event)) {
            return frame.clone();
        }
        let frame = frame(event);
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back((Arc::clone(event), frame.clone()));
        frame
    }
}

/// An event as a message of the stream.
fn frame(event: &Envelope) -> Event {
    // An envelope is made of strings, numbers and JSON: nothing that JSON cannot carry.
    let data = serde_json::to_string(event).unwrap_or_default();
    Event::default().id(event.position.to_string()).event(&*event.event_type).data(data)
}
