//! p6 and p7: how fast a long log goes through the dispatcher, in this process on the real engine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rishi_app::Commit;
use rishi_app::commit::Change;
use rishi_bus::{
    Dispatcher, Effect, EffectOutcome, Envelope, HandlerError, Ledger as _, Policy, Start,
    Subscription, SubscriptionSpec, SystemClock,
};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::Notification;
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use uuid::Uuid;

use crate::bare::{Row, Writer, notices, reader};
use crate::figures::{Rounds, rate};
use crate::report::{Line, Target};
use crate::seed::Seeded;
use crate::{Bench, Result};

/// Events read at once for those who are called directly.
const PAGE: usize = 4_096;

/// Does nothing.
struct Idle;

#[async_trait]
impl Policy<Commit> for Idle {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        std::hint::black_box(event);
        Ok(None)
    }
}

/// Writes one row.
struct Write(Notification);

#[async_trait]
impl Policy<Commit> for Write {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let notice = Notification {
            id: NotificationId(Uuid::now_v7()),
            related_entity_id: event.subject.id(),
            ..self.0.clone()
        };
        let changes = vec![Change::Notification(Box::new(notice))];
        Ok(Some(Commit { changes, ..Commit::default() }))
    }
}

/// Does nothing outside.
struct Nowhere;

#[async_trait]
impl Effect for Nowhere {
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome {
        std::hint::black_box((event, key));
        EffectOutcome::Done
    }
}

pub(super) fn run(bench: &mut Bench, seeded: &Seeded) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    if bench.plan.wants(&["p6"]) {
        let (mut figure, mut memory) = (Rounds::default(), Rounds::default());
        for round in 1..=bench.plan.rounds.min(3) {
            bench.quiet(&format!("p6 log to three idle policies, round {round}"));
            let idle = |number: usize| {
                let spec = SubscriptionSpec::new(format!("idle-{round}-{number}")).on_any();
                Subscription::policy(spec, Idle)
            };
            let subscriptions = (1..=3).map(idle).collect();
            let took = runtime.block_on(dispatch(seeded, subscriptions))?;
            figure.push(rate(seeded.events, took));
            memory.push(rate(seeded.events, runtime.block_on(direct(seeded))?));
        }
        bench.report.add(Line {
            row: "p6",
            what: format!("log of {} events to three idle policies each", seeded.events),
            unit: "/s",
            ratio: Some(figure.over(&memory)),
            figure,
            limit: Some(memory),
            target: Some(Target::FigureAtLeast(100_000.0)),
            ..Line::default()
        });
    }
    if bench.plan.wants(&["p6"]) {
        let count = bench.plan.reactions.min(seeded.events / 2);
        let mut figure = Rounds::default();
        for round in 1..=bench.plan.rounds.min(3) {
            bench.quiet(&format!("p6 log to an effect, round {round}"));
            let start = Start::After(seeded.events - count);
            let spec = SubscriptionSpec::new(format!("effect-{round}")).on_any().starting(start);
            let effect = Subscription::effect(spec, Nowhere);
            figure.push(rate(count, runtime.block_on(dispatch(seeded, vec![effect]))?));
        }
        bench.report.add(Line {
            row: "p6",
            what: format!("log to an effect that does nothing, {count} events, a row each"),
            unit: "/s",
            figure,
            ..Line::default()
        });
    }
    if bench.plan.wants(&["p7"]) {
        writing(bench, seeded, &runtime)?;
    }
    Ok(())
}

fn writing(bench: &mut Bench, seeded: &Seeded, runtime: &tokio::runtime::Runtime) -> Result<()> {
    let database = seeded.home.file()?;
    let mut pattern = Row::read(&reader(database)?, "notifications", "true", [])?;
    let notification = Notification {
        id: NotificationId(Uuid::nil()),
        user_id: UserId(pattern.get_id("user_id")?),
        organization_id: OrganizationId(pattern.get_id("organization_id")?),
        kind: "booking_created".to_owned(),
        title: "New Booking Created".to_owned(),
        message: match pattern.get("message")? {
            rusqlite::types::Value::Text(text) => text.clone(),
            _ => String::new(),
        },
        related_entity_type: "booking".to_owned(),
        related_entity_id: Uuid::nil(),
        read_at: None,
        created_at: jiff::Timestamp::now(),
    };
    let count = bench.plan.reactions.min(seeded.events / 2);
    let (mut figure, mut bare) = (Rounds::default(), Rounds::default());
    for round in 1..=bench.plan.rounds.min(3) {
        bench.quiet(&format!("p7 log to a policy that writes, round {round}"));
        let start = Start::After(seeded.events - count);
        let name = format!("write-{round}");
        let spec = SubscriptionSpec::new(name.clone()).on_any().starting(start);
        let subscription = Subscription::policy(spec, Write(notification.clone()));
        figure.push(rate(count, runtime.block_on(dispatch(seeded, vec![subscription]))?));
        bare.push(notices(&mut Writer::open(database)?, &mut pattern, &name, count)?.rate);
    }
    bench.report.add(Line {
        row: "p7",
        what: format!("log to a policy that writes one row, {count} events"),
        unit: "/s",
        ratio: Some(figure.over(&bare)),
        figure,
        limit: Some(bare),
        target: Some(Target::RatioAtLeast(0.8)),
        ..Line::default()
    });
    Ok(())
}

/// Calls three idle policies for each event of the log, in order and one after the other; how long that took without
/// reading the log: what is left of p6 when there is neither a database nor a dispatcher.
async fn direct(seeded: &Seeded) -> Result<Duration> {
    let store = Sqlite::open(SqliteOptions::new(seeded.home.file()?)).await?;
    let policies: [Arc<dyn Policy<Commit>>; 3] = std::array::from_fn(|_| Arc::new(Idle) as _);
    let (mut after, mut took) = (0, Duration::ZERO);
    loop {
        let page = store.read(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        let begun = Instant::now();
        for event in &page {
            for policy in &policies {
                std::hint::black_box(policy.decide(event).await?);
            }
        }
        took += begun.elapsed();
    }
    store.close().await;
    Ok(took)
}

/// Runs subscriptions until nothing is left to do; how long that took without opening and closing.
async fn dispatch(seeded: &Seeded, subscriptions: Vec<Subscription<Commit>>) -> Result<Duration> {
    let store = Sqlite::open(SqliteOptions::new(seeded.home.file()?)).await?;
    let begun = Instant::now();
    let dispatcher = Dispatcher::start(
        Arc::clone(&store),
        subscriptions,
        Arc::new(SystemClock),
        Arc::new(|| 0.5),
    );
    let dispatcher = dispatcher.await?;
    dispatcher.idle().await;
    let took = begun.elapsed();
    dispatcher.shutdown(Duration::from_secs(5)).await;
    store.close().await;
    Ok(took)
}
