//! The streams: made where they are missing, set as configured where they are there.

use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{
    GetStreamError, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, RawMessageErrorKind, RetentionPolicy, StorageType, Stream,
};

use super::{Link, LinkError, subject};
use crate::Position;
use crate::causes::chain;

/// How long a message is known by its id.
const KNOWN: Duration = Duration::from_mins(2);
/// The same where ids are of others: one must not keep out what another publishes, and twins are known by the log.
const HARDLY: Duration = Duration::from_secs(1);
/// The longest message of others, in bytes, with its headers.
const LONGEST: i32 = 256 << 10;
/// How long a message of others may wait.
const WAITS: Duration = Duration::from_hours(7 * 24);

/// What lies at the end of a stream.
pub(super) struct Last {
    /// Its sequence in the stream.
    pub(super) sequence: u64,
    /// The event that it says it is: id and position.
    pub(super) event: Option<(String, Position)>,
}

impl Link {
    /// The stream of events.
    pub(super) async fn events(&self) -> Result<Stream, LinkError> {
        self.ensured(Config {
            name: self.settings.stream.clone(),
            description: Some("Events of the platform, in the order of its log".to_owned()),
            subjects: vec![subject::EVENTS.to_owned()],
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            max_age: self.settings.max_age,
            max_bytes: self.settings.max_bytes,
            allow_direct: true,
            ..self.common()
        })
        .await
    }

    /// The stream of messages that others publish. A full one takes no more: who publishes is told.
    pub(super) async fn ingress(&self) -> Result<Stream, LinkError> {
        self.ensured(Config {
            name: format!("{}_INGRESS", self.settings.stream),
            description: Some("Events of others, until the platform has judged them".to_owned()),
            subjects: vec![subject::INGRESS.to_owned()],
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            max_age: WAITS,
            max_bytes: self.settings.max_bytes,
            max_message_size: LONGEST,
            duplicate_window: HARDLY,
            ..self.common()
        })
        .await
    }

    fn common(&self) -> Config {
        Config {
            storage: StorageType::File,
            num_replicas: self.settings.replicas,
            duplicate_window: KNOWN,
            ..Config::default()
        }
    }

    /// The stream as it is to be. One that an operator has set otherwise in what is not ours keeps that.
    async fn ensured(&self, wanted: Config) -> Result<Stream, LinkError> {
        let name = wanted.name.clone();
        // The library's calls are large: on the heap, whoever awaits this need not make room for them.
        self.call(Box::pin(async {
            let found = match self.context.get_stream(&name).await {
                Ok(found) => found,
                Err(error) => match error.kind() {
                    GetStreamErrorKind::JetStream(said)
                        if said.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                    {
                        tracing::info!(stream = name, "made the stream");
                        let made = self.context.create_stream(wanted).await;
                        return made.map_err(|error| failed(&name, &error));
                    }
                    GetStreamErrorKind::Request if nobody_answers(&error) => {
                        return Err(no_jetstream());
                    }
                    GetStreamErrorKind::JetStream(said)
                        if said.error_code() == ErrorCode::JETSTREAM_NOT_ENABLED
                            || said.error_code()
                                == ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT =>
                    {
                        return Err(no_jetstream());
                    }
                    _ => return Err(failed(&name, &error)),
                },
            };
            let config = &found.cached_info().config;
            let set = Config {
                subjects: wanted.subjects,
                max_age: wanted.max_age,
                max_bytes: wanted.max_bytes,
                max_message_size: wanted.max_message_size,
                num_replicas: wanted.num_replicas,
                duplicate_window: wanted.duplicate_window,
                discard: wanted.discard,
                ..config.clone()
            };
            if set != *config {
                tracing::info!(stream = name, "set the stream as configured");
                let updated = self.context.update_stream(set).await;
                updated.map_err(|error| failed(&name, &error))?;
            }
            Ok(found)
        }))
        .await
    }

    /// What lies at the end of a stream, also where that is nothing.
    pub(super) async fn last(&self, stream: &Stream) -> Result<Last, LinkError> {
        self.call(Box::pin(async {
            let info: Info =
                stream.get_info().await.map_err(|error| LinkError::Failed(chain(&error)))?;
            let sequence = info.state.last_sequence;
            if info.state.messages == 0 {
                return Ok(Last { sequence, event: None });
            }
            let message = match stream.get_raw_message(sequence).await {
                Ok(message) => message,
                // Deleted by itself.
                Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {
                    return Ok(Last { sequence, event: None });
                }
                Err(error) => return Err(LinkError::Failed(chain(&error))),
            };
            let header = |name: &str| message.headers.get(name).map(ToString::to_string);
            let position = header(subject::POSITION).and_then(|text| text.parse().ok());
            let event = header(subject::ID).zip(position);
            Ok(Last { sequence, event })
        }))
        .await
    }
}

/// Whether there was nobody to ask.
fn nobody_answers(error: &GetStreamError) -> bool {
    let cause = std::error::Error::source(error);
    let cause = cause.and_then(|cause| cause.downcast_ref::<RequestError>());
    cause.is_some_and(|cause| cause.kind() == RequestErrorKind::NoResponders)
}

fn failed(stream: &str, error: &dyn std::error::Error) -> LinkError {
    LinkError::Failed(format!("the stream {stream}: {}", chain(error)))
}

fn no_jetstream() -> LinkError {
    LinkError::Unfit(
        "the NATS server has no JetStream for this account; start it with `jetstream` in its \
         configuration (or -js), and enable it for the account"
            .to_owned(),
    )
}
