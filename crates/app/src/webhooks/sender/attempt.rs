//! One attempt: read what is to be sent, sign it, send it, write down what came of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_bus::cloudevents::{CLOUD_EVENT, CloudEvent};
use rishi_bus::lease::Grant;
use rishi_domain::webhook::{DisabledReason, disable};
use rishi_resilience::{Circuit, Permit};

use super::judge::{Verdict, judge};
use crate::commit::{Change, Expected};
use crate::events::{Cause, redact, subject};
use crate::scope::Scope;
use crate::trace::{Step, StepKind};
use crate::webhooks::secret::signatures;
use crate::webhooks::{Attempt, Due, Parcel, Ready, Unsent, WebhookChange, Work, hand_over, place};
use crate::{App, Commit, Error};

/// How long nothing may be delivered before an endpoint is of no use.
const USELESS: SignedDuration = SignedDuration::from_hours(5 * 24);
/// How long an endpoint is left alone when its circuit lets nothing through, or the database takes
/// nothing.
const PAUSE: Duration = Duration::from_secs(1);

/// How it goes on with the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// At once.
    GoOn,
    /// After a time.
    Pause(Duration),
}

/// Makes an attempt.
pub(super) async fn attempt(
    app: &App,
    work: &Work,
    due: Due,
    circuit: &Arc<Circuit>,
    with: (&str, f64, &Grant),
) -> After {
    let Ok(permit) = circuit.admit() else { return After::Pause(PAUSE) };
    match try_to(app, work, due, permit, with).await {
        Ok(()) => After::GoOn,
        Err(error) => {
            tracing::warn!(%error, webhook = %work.webhook_id, "a webhook was not attempted, or its outcome not kept");
            After::Pause(PAUSE)
        }
    }
}

async fn try_to(
    app: &App,
    work: &Work,
    due: Due,
    permit: Permit,
    (schemas, jitter, grant): (&str, f64, &Grant),
) -> Result<(), Error> {
    // It may have been disabled, or have gone, since it was looked for.
    let Some(ready) = app.store.webhook_ready(work.webhook_id).await? else { return Ok(()) };
    let (mut step, parcel) = match parcel(app, &ready, due, schemas).await {
        Ok(Some((parcel, step))) => (step, Ok(parcel)),
        Ok(None) => {
            let (webhook_id, position, at) = (work.webhook_id, due.position, app.now());
            let why = "the event is no longer in the log".to_owned();
            return change(app, WebhookChange::GivenUp { webhook_id, position, why, at }).await;
        }
        Err(Error::Internal(error)) => {
            tracing::error!(%error, webhook = %work.webhook_id, "a webhook cannot be signed");
            (None, Err(Unsent("it could not be signed; rotate the secret".to_owned())))
        }
        Err(error) => return Err(error),
    };
    if !grant.is_live() {
        // It is another process's to send now.
        return Ok(());
    }
    let started = app.now();
    let outcome = match parcel {
        Ok(parcel) => hand_over(&*app.courier, permit, parcel).await,
        Err(unsent) => Err(unsent),
    };
    if let Some(step) = &mut step {
        match &outcome {
            Ok(reply) => step.note("http.response.status_code", reply.status.to_string()),
            Err(unsent) => step.failed(&unsent.to_string()),
        }
    }
    drop(step);
    let at = app.now();
    let number = due.attempts.saturating_add(1);
    let Verdict { now, due_at, error, gone } = judge(&outcome, number, at, jitter);
    let failed = error.clone();
    let made = Attempt {
        webhook_id: work.webhook_id,
        position: due.position,
        at,
        number,
        status: outcome.as_ref().ok().map(|reply| reply.status),
        error,
        duration_ms: u32::try_from(at.duration_since(started).as_millis()).unwrap_or(0),
        now,
        due_at,
    };
    change(app, WebhookChange::Attempted(made)).await?;
    let Some(last_error) = failed else { return Ok(()) };
    let since = ready.failing_since.unwrap_or(at);
    let reason = if gone {
        DisabledReason::Gone
    } else if at.duration_since(since) >= USELESS {
        DisabledReason::Failing
    } else {
        return Ok(());
    };
    give_up_on(app, &ready, reason, since, last_error).await
}

/// What is to be sent: the event as the organization may see it, as a step of its trace. Nothing when the log
/// has it no more.
async fn parcel(
    app: &App,
    ready: &Ready,
    due: Due,
    schemas: &str,
) -> Result<Option<(Parcel, Option<Box<dyn Step>>)>, Error> {
    let Ready { endpoint, secrets, .. } = ready;
    let Some(event) = app.store.event(&Scope::system(), due.event_id).await? else {
        return Ok(None);
    };
    let organization = app.store.organization(&Scope::system(), endpoint.organization_id).await?;
    let organization = organization.ok_or(Error::NotFound("organization"))?;
    let event = redact::for_organization(&organization, event)?;
    let body = serde_json::to_string(&CloudEvent::of(&event, Some(schemas)));
    let body = body.map_err(|error| Error::Internal(Box::new(error)))?;
    let now = app.now();
    let (message, timestamp) = (event.id.to_string(), now.as_second());
    let both = endpoint.previous_secret_until.is_some_and(|until| until > now);
    let previous = secrets.previous.as_ref().filter(|_| both);
    let sealed = [Some(&secrets.present), previous];
    let sealed = sealed.into_iter().flatten();
    let signature = signatures(&app.sealer, endpoint.id, sealed, (&message, timestamp, &body))?;
    let name = || "POST webhook".to_owned();
    let mut step = app.begin(StepKind::Client, name, event.traceparent.as_deref());
    if let Some(step) = &mut step {
        step.note("rishi.webhook.id", endpoint.id.to_string());
        step.note("rishi.event.id", event.id.to_string());
        step.note("rishi.organization.id", endpoint.organization_id.to_string());
    }
    // Whoever is called continues the trace, whether or not it is kept here.
    let context = step.as_ref().map(|step| step.traceparent());
    let context = context.or_else(|| event.traceparent.clone());
    let mut headers = vec![
        ("content-type", CLOUD_EVENT.to_owned()),
        ("webhook-id", message),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ];
    headers.extend(context.map(|context| ("traceparent", context)));
    Ok(Some((Parcel { url: endpoint.url.clone(), headers, body }, step)))
}

/// Disables an endpoint. Somebody who changed it meanwhile knows better.
async fn give_up_on(
    app: &App,
    ready: &Ready,
    reason: DisabledReason,
    since: Timestamp,
    last_error: String,
) -> Result<(), Error> {
    let before = &ready.endpoint;
    let decision = disable(before, reason, Some(since), Some(last_error), app.now())?;
    let row = crate::webhooks::WebhookRow { endpoint: decision.state, secrets: None };
    let commit = Commit {
        expected: vec![Expected { subject: subject::webhook(before.id), version: before.version }],
        events: app.tell(&place(before), &Cause::default(), app.now(), decision.facts),
        changes: vec![Change::Webhook(Box::new(WebhookChange::Put(row)))],
        ..Commit::default()
    };
    match app.run(commit).await {
        Err(Error::VersionConflict { .. }) => Ok(()),
        done => done,
    }
}

async fn change(app: &App, change: WebhookChange) -> Result<(), Error> {
    let changes = vec![Change::Webhook(Box::new(change))];
    app.run(Commit { changes, ..Commit::default() }).await
}
