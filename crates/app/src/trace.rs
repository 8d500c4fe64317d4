//! Traces: what was done for whom, step by step, for whoever looks at the platform from outside.
//!
//! The trail is the W3C trace context that events carry anyway: a request continues what its caller began; the
//! commit that it makes is its child and stands on the events; a policy that is told of such an event is the commit's child and
//! stands on the events that it leads to; an effect is the child of whatever stands on its event, and passes
//! itself on to whom it calls. So a trace holds together over the log, however much later something happens.
//!
//! Guarantee: no step waits for a trace. Who keeps spans is a [`Tracer`], which drops what it has no room for.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_bus::{Effect, EffectOutcome, Envelope, Handler, HandlerError, Policy, Subscription};

use crate::{App, Commit};

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A request that is answered.
    Server,
    /// Something inside.
    Internal,
    /// A handler of an event.
    Consumer,
    /// A call of somebody else.
    Client,
}

/// A step that is under way; it ends when it is dropped.
pub trait Step: Send + Sync {
    /// Its W3C trace context, for what follows from it.
    fn traceparent(&self) -> String;

    /// Names it, where that is only known later.
    fn rename(&mut self, name: String);

    /// Notes something about it: ids and numbers, never what was said.
    fn note(&mut self, key: &'static str, value: String);

    /// It failed.
    fn failed(&mut self, why: &str);
}

/// How many spans there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TraceFigures {
    /// Taken by the collector.
    pub exported: u64,
    /// Left out: there was no room, or the collector did not take them.
    pub dropped: u64,
    /// Waiting to be sent.
    pub waiting: u64,
}

/// Keeps steps, for a collector of traces.
pub trait Tracer: Send + Sync + 'static {
    /// Begins a step, as a part of `parent` if that is a trace context; else of a trace of its own.
    fn begin(&self, kind: StepKind, name: String, parent: Option<&str>) -> Box<dyn Step>;

    /// How many spans there were.
    fn figures(&self) -> TraceFigures;
}

impl App {
    /// Begins a step, where steps are kept.
    pub fn begin(
        &self,
        kind: StepKind,
        name: impl FnOnce() -> String,
        parent: Option<&str>,
    ) -> Option<Box<dyn Step>> {
        self.tracer.as_ref().map(|tracer| tracer.begin(kind, name(), parent))
    }

    /// The step of a commit, which stands on its events from now on.
    pub(crate) fn committing(&self, commit: &mut Commit) -> Option<Box<dyn Step>> {
        let parent = commit.events.first().and_then(|event| event.traceparent.as_deref());
        let name = || "commit".to_owned();
        let mut step = self.begin(StepKind::Internal, name, parent)?;
        let context = step.traceparent();
        step.note("rishi.events", commit.events.len().to_string());
        if let Some(first) = commit.events.first() {
            step.note("rishi.event.type", first.event_type.to_string());
        }
        commit.events.iter_mut().for_each(|event| event.traceparent = Some(context.clone()));
        Some(step)
    }
}

/// A subscription each of whose runs is a step, where steps are kept.
pub(crate) fn traced(app: &App, subscription: Subscription<Commit>) -> Subscription<Commit> {
    if app.tracer.is_none() {
        return subscription;
    }
    let name = subscription.spec.name.to_string();
    let app = app.clone();
    let handler = match subscription.handler {
        Handler::Policy(inner) => {
            Handler::Policy(Arc::new(Traced { app, name, inner }) as Arc<dyn Policy<Commit>>)
        }
        Handler::Effect(inner) => {
            Handler::Effect(Arc::new(Traced { app, name, inner }) as Arc<dyn Effect>)
        }
    };
    Subscription { handler, ..subscription }
}

/// A handler whose runs are steps.
struct Traced<H: ?Sized> {
    app: App,
    name: String,
    inner: Arc<H>,
}

impl<H: ?Sized> Traced<H> {
    /// The step of a run, and the event as it stands in it: what the handler makes of it continues the step.
    fn step(&self, kind: &str, event: &Envelope) -> (Option<Box<dyn Step>>, Envelope) {
        let parent = event.traceparent.as_deref();
        let name = || format!("{kind} {}", self.name);
        let mut step = self.app.begin(StepKind::Consumer, name, parent);
        let mut event = event.clone();
        if let Some(step) = &mut step {
            step.note("rishi.event.id", event.id.to_string());
            step.note("rishi.event.type", event.event_type.to_string());
            if let Some(organization) = event.organization_id {
                step.note("rishi.organization.id", organization.to_string());
            }
            event.traceparent = Some(step.traceparent());
        }
        (step, event)
    }
}

#[async_trait]
impl Policy<Commit> for Traced<dyn Policy<Commit>> {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let (mut step, event) = self.step("policy", event);
        let decided = self.inner.decide(&event).await;
        if let (Some(step), Err(error)) = (&mut step, &decided) {
            step.failed(&error.to_string());
        }
        decided
    }
}

#[async_trait]
impl Effect for Traced<dyn Effect> {
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome {
        let (mut step, event) = self.step("effect", event);
        let outcome = self.inner.run(&event, key).await;
        if let Some(step) = &mut step {
            match &outcome {
                EffectOutcome::Done => {}
                EffectOutcome::Retry { error, .. } => step.failed(&error.to_string()),
                EffectOutcome::Reject { reason } => step.failed(reason),
                EffectOutcome::NotTried { .. } => step.failed("not tried"),
            }
        }
        outcome
    }
}
