//! What the platform needs outside of itself and is configured to use: asked now and then how it is.
//!
//! Whoever talks to such a thing adds a probe when it is composed; what is not configured is not there. A probe is
//! bounded in time, and all are asked at once. None of them decides whether the platform wants requests: without mail
//! there are still bookings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long a probe may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often what is asked seldom is asked.
const BETWEEN: Duration = Duration::from_secs(30);

/// Asks one thing how it is.
#[async_trait]
pub trait ExternalProbe: Send + Sync + 'static {
    /// What it is called, e.g. `smtp`.
    fn name(&self) -> &'static str;

    /// Whether it would do its work; if not, why, in words for operators without secrets.
    async fn probe(&self) -> Result<(), String>;
}

#[async_trait]
impl<P: ExternalProbe> ExternalProbe for Arc<P> {
    fn name(&self) -> &'static str {
        P::name(self)
    }

    async fn probe(&self) -> Result<(), String> {
        P::probe(self).await
    }
}

/// Asks once in a while, and says in between what was answered then: for what is not to be asked as often as
/// somebody looks at the platform's health.
pub struct Seldom<P> {
    probe: P,
    last: tokio::sync::Mutex<Option<(Instant, Result<(), String>)>>,
}

impl<P> Seldom<P> {
    /// Once in 30 s.
    pub fn new(probe: P) -> Self {
        Self { probe, last: tokio::sync::Mutex::default() }
    }
}

#[async_trait]
impl<P: ExternalProbe> ExternalProbe for Seldom<P> {
    fn name(&self) -> &'static str {
        self.probe.name()
    }

    async fn probe(&self) -> Result<(), String> {
        let mut last = self.last.lock().await;
        // tidy: because it measures how long ago a probe was
        let now = Instant::now();
        if let Some((at, answer)) = &*last
            && now.duration_since(*at) < BETWEEN
        {
            return answer.clone();
        }
        // A little less than it has, so that what did not answer is remembered too.
        let answer = tokio::time::timeout(PATIENCE * 9 / 10, self.probe.probe()).await;
        let answer = answer.unwrap_or_else(|_| Err(too_slow()));
        *last = Some((now, answer.clone()));
        answer
    }
}

fn too_slow() -> String {
    format!("no answer within {} s", PATIENCE.as_secs())
}

/// How one thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalStanding {
    /// What it is called.
    pub name: &'static str,
    /// Milliseconds that the probe took.
    pub millis: u64,
    /// Why it would not do its work, if it would not.
    pub error: Option<String>,
}

/// Everything outside that is configured.
#[derive(Default)]
pub struct External(Mutex<Vec<Arc<dyn ExternalProbe>>>);

impl External {
    /// This one is configured.
    pub fn add(&self, probe: impl ExternalProbe) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(probe));
    }

    /// How each is, by name.
    pub async fn standings(&self) -> Vec<ExternalStanding> {
        let probes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut asked: JoinSet<ExternalStanding> = probes.into_iter().map(ask).collect();
        let mut standings = Vec::with_capacity(asked.len());
        while let Some(answer) = asked.join_next().await {
            match answer {
                Ok(standing) => standings.push(standing),
                Err(error) => tracing::error!(%error, "a probe could not be run"),
            }
        }
        standings.sort_by_key(|standing| standing.name);
        standings
    }
}

async fn ask(probe: Arc<dyn ExternalProbe>) -> ExternalStanding {
    // tidy: because it measures how long a probe takes
    let asked = Instant::now();
    let name = probe.name();
    // In a task of its own, so that one that panics is told of like any other.
    let answer = tokio::spawn(async move { probe.probe().await });
    let error = match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => answer.err(),
        Ok(Err(_)) => Some("the probe failed".to_owned()),
        Err(_) => Some(too_slow()),
    };
    let millis = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
    ExternalStanding { name, millis, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answers(&'static str, Option<Result<(), &'static str>>);

    #[async_trait]
    impl ExternalProbe for Answers {
        fn name(&self) -> &'static str {
            self.0
        }

        async fn probe(&self) -> Result<(), String> {
            match self.1 {
                Some(answer) => answer.map_err(str::to_owned),
                None => std::future::pending().await,
            }
        }
    }

    struct Panics;

    #[async_trait]
    impl ExternalProbe for Panics {
        fn name(&self) -> &'static str {
            "zzz"
        }

        async fn probe(&self) -> Result<(), String> {
            panic!("no")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_one_is_asked_at_once_and_none_for_longer_than_a_second() {
        let external = External::default();
        assert_eq!(external.standings().await, []);
        external.add(Answers("smtp", None));
        external.add(Answers("sendgrid", None));
        external.add(Answers("geocoder", Some(Ok(()))));
        external.add(Answers("pager", Some(Err("answered 503"))));
        external.add(Panics);
        let begun = Instant::now();
        let errors: Vec<_> = external
            .standings()
            .await
            .into_iter()
            .map(|one| (one.name, one.error.unwrap_or_default()))
            .collect();
        assert_eq!(begun.elapsed(), PATIENCE);
        let expected = [
            ("geocoder", ""),
            ("pager", "answered 503"),
            ("sendgrid", "no answer within 1 s"),
            ("smtp", "no answer within 1 s"),
            ("zzz", "the probe failed"),
        ];
        assert_eq!(errors, expected.map(|(name, error)| (name, error.to_owned())));
    }

    struct Counts(Arc<std::sync::atomic::AtomicU32>);

    #[async_trait]
    impl ExternalProbe for Counts {
        fn name(&self) -> &'static str {
            "counts"
        }

        async fn probe(&self) -> Result<(), String> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_seldom_says_meanwhile_what_it_said_also_nothing() {
        let asked = Arc::default();
        let probe = Seldom::new(Counts(Arc::clone(&asked)));
        let count = || asked.load(std::sync::atomic::Ordering::Relaxed);
        for _ in 0..3 {
            assert!(probe.probe().await.unwrap_err().contains("no answer"));
        }
        assert_eq!(count(), 1);
        tokio::time::advance(BETWEEN).await;
        assert!(probe.probe().await.is_err());
        assert_eq!(count(), 2);
    }
}
