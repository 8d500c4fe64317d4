//! A stretch of the log on its way into the stream.
//!
//! Every message says behind which one of the stream it belongs, by number and by id (`Nats-Expected-Last-Sequence`,
//! `Nats-Expected-Last-Msg-Id`; the number alone would be right again when somebody else's message had taken the place of
//! one that was lost). So one that was lost is not followed by those after it: the stream holds the events in the order
//! of the log, also when a connection breaks in the middle or two nodes relay at once. One that the broker has already
//! it knows by its id, and acknowledges again.

use std::sync::Arc;

use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use serde_json::Value;

use super::{Link, LinkError, subject};
use crate::causes::chain;
use crate::cloudevents::{CLOUD_EVENT, CloudEvent};
use crate::relay::Count;
use crate::{Envelope, Position};

/// What the headers of a message take at most, in bytes.
const HEADERS: usize = 512;
/// Where the event itself is to be had when it is too long for a message (`dataref` extension of `CloudEvents`).
const DATAREF: &str = "dataref";

/// What became of a stretch.
pub(super) struct Sent {
    /// How many of its events the broker has, from the first.
    pub(super) count: usize,
    /// The stream's end after the last of them.
    pub(super) sequence: u64,
    /// What kept the next one out.
    pub(super) stopped: Option<Stopped>,
}

/// Why a stretch was not taken whole.
pub(super) enum Stopped {
    /// The stream's end is not where it was thought to be.
    Misplaced,
    /// The stream is gone.
    Gone,
    /// The broker failed.
    Failed(LinkError),
}

impl Link {
    /// Publishes `events`, the first after `previous` and, where that is known, behind `sequence` of the stream.
    pub(super) async fn send(
        &self,
        events: &[Arc<Envelope>],
        mut previous: Position,
        sequence: Option<u64>,
    ) -> Result<Sent, LinkError> {
        let most = self.client.max_payload();
        let sent = self.call(async {
            let mut acks = Vec::with_capacity(events.len());
            let (mut expected, mut before) = (sequence, None);
            for event in events {
                let mut message = message(event, previous, most)?;
                if let Some(id) = before.replace(event.id) {
                    message = message.expected_last_message_id(id.to_string());
                }
                if let Some(place) = expected {
                    message = message.expected_last_sequence(place);
                }
                acks.push(self.context.send_publish(subject::of(event), message).await);
                (previous, expected) = (event.position, expected.map(|place| place + 1));
            }
            let sent = self.acknowledged(acks, sequence.unwrap_or_default()).await;
            match sent.stopped {
                // The circuit is to hear of it.
                Some(Stopped::Failed(error)) if sent.count == 0 => Err(error),
                _ => Ok(sent),
            }
        });
        sent.await
    }

    async fn acknowledged(
        &self,
        acks: Vec<Result<PublishAckFuture, PublishError>>,
        mut sequence: u64,
    ) -> Sent {
        let mut count = 0;
        for ack in acks {
            let ack = match ack {
                Ok(ack) => ack.await,
                Err(error) => Err(error),
            };
            match ack {
                Ok(ack) => {
                    self.figures.add(Count::Published);
                    if ack.duplicate {
                        self.figures.add(Count::Repeated);
                    }
                    (count, sequence) = (count + 1, sequence.max(ack.sequence));
                }
                Err(error) => {
                    return Sent { count, sequence, stopped: Some(stopped(&error)) };
                }
            }
        }
        Sent { count, sequence, stopped: None }
    }
}

fn stopped(error: &PublishError) -> Stopped {
    match error.kind() {
        PublishErrorKind::WrongLastSequence | PublishErrorKind::WrongLastMessageId => {
            Stopped::Misplaced
        }
        PublishErrorKind::StreamNotFound => Stopped::Gone,
        _ => Stopped::Failed(LinkError::Failed(chain(error))),
    }
}

/// An event as a message of at most `most` bytes.
fn message(event: &Envelope, previous: Position, most: usize) -> Result<PublishMessage, LinkError> {
    let wrong = |error: serde_json::Error| LinkError::Failed(chain(&error));
    let told = CloudEvent::of(event, None);
    let mut body = serde_json::to_vec(&told).map_err(wrong)?;
    if body.len() + HEADERS > most {
        body = serde_json::to_vec(&referred(&told, event).map_err(wrong)?).map_err(wrong)?;
    }
    let message = PublishMessage::build()
        .header("Content-Type", CLOUD_EVENT)
        .header(subject::POSITION, event.position.to_string().as_str())
        .header(subject::PREVIOUS, previous.to_string().as_str())
        .message_id(event.id.to_string());
    Ok(message.payload(body.into()))
}

/// The event without what makes it long, and where that is to be had.
fn referred(told: &CloudEvent, event: &Envelope) -> Result<Value, serde_json::Error> {
    let mut told = serde_json::to_value(told)?;
    if let Value::Object(members) = &mut told {
        for long in ["data", "datacontenttype", "eventmetadata"] {
            members.remove(long);
        }
        members.insert(DATAREF.to_owned(), format!("/api/events/{}", event.id).into());
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::RawValue;
    use uuid::Uuid;

    use super::*;
    use crate::{NewEvent, Subject};

    fn event(length: usize) -> Envelope {
        let text = format!(r#"{{"text":"{}"}}"#, "x".repeat(length));
        let data = RawValue::from_string(text).unwrap();
        let subject = Subject::new("kettle", Uuid::from_u128(1));
        let at = jiff::Timestamp::UNIX_EPOCH;
        NewEvent::new(Uuid::from_u128(2), "BOILED", "kitchen", subject, at, data)
            .into_envelope(9, 1)
    }

    fn body(event: &Envelope, most: usize) -> Value {
        let sent = message(event, 7, most).unwrap().outbound_message("x");
        let headers = sent.headers.unwrap();
        let header = |name: &str| headers.get(name).unwrap().to_string();
        assert_eq!([subject::POSITION, subject::PREVIOUS].map(header), ["9", "7"]);
        assert_eq!(header(subject::ID), event.id.to_string());
        assert!(sent.payload.len() + HEADERS <= most);
        serde_json::from_slice(&sent.payload).unwrap()
    }

    #[test]
    fn a_message_is_a_cloud_event_with_its_place_and_the_one_before() {
        let told = body(&event(10), 1 << 20);
        assert_eq!(told["data"], json!({ "text": "xxxxxxxxxx" }));
        assert_eq!(told["type"], "BOILED");
        assert_eq!(told.get(DATAREF), None);
    }

    #[test]
    fn what_is_too_long_for_a_message_says_where_it_is_to_be_had() {
        let told = body(&event(5_000), 4_096);
        assert_eq!(told.get("data"), None);
        assert_eq!(told[DATAREF], format!("/api/events/{}", Uuid::from_u128(2)));
        assert_eq!(told["subject"], format!("kettle/{}", Uuid::from_u128(1)));
    }
}
