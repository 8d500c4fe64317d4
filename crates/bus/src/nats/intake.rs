//! Takes messages of others.
//!
//! Each is acknowledged when it is in the log, refused for good (a terminated message: it does not come again) when it can
//! never be, and comes again when the database cannot take it now. None waits for another. A node that dies before
//! it has acknowledged gets it again, and then it is known.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer};
use async_nats::jetstream::{self, AckKind};
use futures::StreamExt;
use rishi_resilience::Backoff;
use tokio_util::sync::CancellationToken;

use super::{Link, LinkError, subject};
use crate::Jitter;
use crate::causes::chain;
use crate::relay::{Count, Ingress, Message, NotTaken, Taken};

/// The consumer that all nodes share.
const CONSUMER: &str = "rishi";
/// How long a node has for a message.
const PATIENCE: Duration = Duration::from_secs(30);
/// Messages that a node has at once.
const BATCH: usize = 64;
/// Messages that all nodes have at once.
const PENDING: i64 = 1_024;
/// How often the broker says that it is there while nothing comes.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a request for messages stands.
const STANDS: Duration = Duration::from_secs(30);
/// How long a refusal's text may be, in bytes.
const TEXT: usize = 256;
/// How long it waits after a failure, and a message until it comes again.
const PAUSES: Backoff = Backoff {
    first: Duration::from_millis(500),
    factor: 2.0,
    max: Duration::from_secs(30),
    attempts: u32::MAX,
};

/// Takes messages of others into the log.
pub struct Intake {
    link: Arc<Link>,
    ingress: Arc<dyn Ingress>,
    jitter: Jitter,
}

impl Intake {
    /// Over a connection.
    pub fn new(link: Arc<Link>, ingress: Arc<dyn Ingress>, jitter: Jitter) -> Self {
        Self { link, ingress, jitter }
    }

    /// Takes messages until told to stop; the one at hand is finished.
    pub async fn run(self, stop: CancellationToken) {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let mut took = false;
            match self.session(&stop, &mut took).await {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures = if took { 1 } else { failures + 1 };
                    tracing::debug!(error = chain(&error), "no messages of others from NATS now");
                    let pause = PAUSES
                        .delay(failures, (self.jitter)())
                        .unwrap_or(PAUSES.max)
                        .min(PAUSES.max / 6);
                    stop.run_until_cancelled(tokio::time::sleep(pause)).await;
                }
            }
        }
    }

    async fn session(&self, stop: &CancellationToken, took: &mut bool) -> Result<(), LinkError> {
        let Some(consumer) = stop.run_until_cancelled(self.consumer()).await else {
            return Ok(());
        };
        let consumer = consumer?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(BATCH)
            .heartbeat(HEARTBEAT)
            .expires(STANDS)
            .messages();
        let mut messages = messages.await.map_err(|error| LinkError::Failed(chain(&error)))?;
        while let Some(Some(message)) = stop.run_until_cancelled(messages.next()).await {
            let message = message.map_err(|error| LinkError::Failed(chain(&error)))?;
            self.take(&message).await;
            *took = true;
        }
        Ok(())
    }

    async fn consumer(&self) -> Result<PullConsumer, LinkError> {
        let stream = self.link.ingress().await?;
        let config = Config {
            durable_name: Some(CONSUMER.to_owned()),
            description: Some("Takes events of others into the platform's log".to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: PATIENCE,
            max_ack_pending: PENDING,
            ..Config::default()
        };
        self.link
            .call(Box::pin(async {
                let made = stream.create_consumer(config).await;
                made.map_err(|error| LinkError::Failed(chain(&error)))
            }))
            .await
    }

    async fn take(&self, message: &jetstream::Message) {
        let outcome = match read(message) {
            Ok(read) => self.ingress.take(read).await,
            Err(refused) => Err(refused),
        };
        let figures = &self.link.figures;
        let said = match outcome {
            Ok(taken) => {
                figures.add(if taken == Taken::Fresh { Count::Taken } else { Count::Known });
                message.ack().await
            }
            Err(NotTaken::Refused { reason, text }) => {
                figures.refused(reason);
                tracing::warn!(
                    subject = message.subject.as_str(),
                    id = message
                        .headers
                        .as_ref()
                        .and_then(|all| all.get(subject::ID))
                        .map(async_nats::HeaderValue::as_str),
                    reason,
                    text,
                    "a message of others was refused"
                );
                self.terminate(message, reason, &text).await
            }
            Err(NotTaken::Later(why)) => {
                figures.add(Count::Postponed);
                let tries =
                    message.info().map_or(1, |info| u32::try_from(info.delivered).unwrap_or(1));
                let pause = PAUSES.delay(tries.max(1), (self.jitter)()).unwrap_or(PAUSES.max);
                tracing::warn!(why, "a message of others comes again");
                message.ack_with(AckKind::Nak(Some(pause))).await
            }
        };
        if let Err(error) = said {
            tracing::debug!(%error, "what became of a message could not be said; it comes again");
        }
    }

    /// Ends a message for good, and says why in the server's advisory (`+TERM` with a reason, since 2.10.4).
    async fn terminate(
        &self,
        message: &jetstream::Message,
        reason: &str,
        text: &str,
    ) -> Result<(), async_nats::Error> {
        let Some(reply) = message.reply.clone() else {
            return message.ack_with(AckKind::Term).await;
        };
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let plain = &plain[..plain.floor_char_boundary(TEXT)];
        let said = format!("+TERM {reason}: {plain}");
        self.link.client.publish(reply, said.into()).await.map_err(Into::into)
    }
}

/// A message as the platform takes it.
fn read(message: &jetstream::Message) -> Result<Message, NotTaken> {
    let found = subject::ingress(&message.subject).ok_or_else(|| NotTaken::Refused {
        reason: "subject",
        text: "publish to rishi.ingress.<organization>.<type>, with the organization's id as the API writes it".to_owned(),
    })?;
    Ok(Message {
        organization: found.0,
        event_type: found.1.to_owned(),
        body: message.payload.to_vec(),
    })
}
