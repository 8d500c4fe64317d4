//! Redis (or Valkey): where all processes count together how often requests come, as the port [`SharedAllowances`].
//!
//! Cast: `gcra.lua` decides, in one step of Redis and by its clock, so the machines' need not agree; [`line`] is the one
//! connection that all requests share; a circuit stands before both.
//!
//! Guarantee: nobody waits for longer than the circuit's time, and nothing is refused because Redis is away: there is no
//! answer then, and the caller counts by itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::{Client, RedisError, Script};
use rishi_app::limits::SharedAllowances;
use rishi_app::operations::external::ExternalProbe;
use rishi_resilience::{Allowance, BreakerSettings, CallError, Circuit, Exceeded, Rate, Verdict};

use line::Line;

mod line;
#[cfg(test)]
mod tests;

/// What it is called among what is used outside, and its circuit.
pub const REDIS: &str = "redis";
/// Of every key; who shares a Redis with others takes a database of one's own (`redis://host/1`) anyway.
const PREFIX: &str = "rishi:limit:";
const GCRA: &str = include_str!("gcra.lua");

/// The circuit before Redis: a request waits for an answer no longer than this, and what comes back by itself is soon tried
/// again.
pub fn redis_circuit() -> BreakerSettings {
    BreakerSettings {
        timeout: Duration::from_millis(200),
        open: Duration::from_secs(3),
        ..BreakerSettings::default()
    }
}

/// Whether Redis can be reached by an address like this; if not, why, without what is secret in it.
pub fn check_redis(url: &str) -> Result<(), String> {
    client(url).map(drop)
}

fn client(url: &str) -> Result<Client, String> {
    const WRITE: &str =
        "write redis://HOST:6379, redis://USER:PASSWORD@HOST:6379/DATABASE, or rediss:// for TLS";
    let parsed =
        url::Url::parse(url).map_err(|error| format!("this is no address ({error}); {WRITE}"))?;
    if !matches!(parsed.scheme(), "redis" | "rediss") {
        return Err(format!("this is no address of Redis; {WRITE}"));
    }
    // `#insecure` would switch off what TLS is for, and a query is not understood.
    if parsed.fragment().is_some() || parsed.query().is_some() {
        return Err(format!("an address of Redis has neither ? nor #; {WRITE}"));
    }
    Client::open(parsed).map_err(|error| format!("this cannot be used ({error}); {WRITE}"))
}

/// Redis, behind its circuit.
pub struct Redis {
    line: Line,
    script: Script,
    circuit: Arc<Circuit>,
}

impl Redis {
    /// The one at this address. Nothing is asked yet.
    pub fn new(url: &str, circuit: Arc<Circuit>) -> Result<Self, String> {
        Ok(Self { line: Line::to(client(url)?), script: Script::new(GCRA), circuit })
    }

    async fn spent(&self, key: &str, rate: Rate) -> Result<i64, CallError<RedisError>> {
        let ask = async {
            let mut line = self.line.lend().await?;
            let mut asked = self.script.key(format!("{PREFIX}{key}"));
            asked.arg(micros(interval(rate))).arg(rate.count.get());
            let answer = asked.invoke_async(&mut line.connection).await;
            if answer.as_ref().err().is_none_or(is_refusal) {
                line.is_well();
            }
            answer
        };
        self.circuit.call(ask, judged).await
    }
}

#[async_trait]
impl SharedAllowances for Redis {
    async fn spend(&self, key: &str, rate: Rate) -> Option<Result<Allowance, Exceeded>> {
        self.spent(key, rate).await.ok().map(|answer| understood(answer, rate))
    }
}

/// It is asked what requests ask, so that one who may not write, or has no memory left, does not look healthy.
#[async_trait]
impl ExternalProbe for Redis {
    fn name(&self) -> &'static str {
        REDIS
    }

    async fn probe(&self) -> Result<(), String> {
        let often = Rate { count: std::num::NonZeroU32::MAX, per: Duration::from_secs(1) };
        self.spent("probe", often).await.map(drop).map_err(|error| error.to_string())
    }
}

/// How long it takes to get one back: whole microseconds, and never none.
fn interval(rate: Rate) -> Duration {
    Duration::from_micros(micros(rate.per / rate.count.get()).max(1))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// What the script's answer means.
fn understood(answer: i64, rate: Rate) -> Result<Allowance, Exceeded> {
    match u32::try_from(answer) {
        Ok(remaining) => {
            let spent = rate.count.get().saturating_sub(remaining);
            Ok(Allowance { remaining, reset: interval(rate) * spent })
        }
        Err(_) => Err(Exceeded { retry_after: Duration::from_micros(answer.unsigned_abs()) }),
    }
}

/// Whether it is well and was asked for what it does not do: an operator has to see to that.
fn is_refusal(error: &RedisError) -> bool {
    matches!(error.code(), Some("ERR" | "NOPERM" | "WRONGTYPE" | "CROSSSLOT"))
}

fn judged(answer: &Result<i64, RedisError>) -> Verdict {
    match answer {
        Err(error) if !is_refusal(error) => Verdict::Failed(error.to_string()),
        _ => Verdict::Works,
    }
}
