//! Mail by a clock set by hand: a server that is down for an hour, and mails that hold a day.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::App;
use rishi_app::notifications::mail::{Letter, Mail, Mailer, Undelivered};
use rishi_bus::testing::TestClock;
use rishi_bus::{Clock as _, Desk as _};
use rishi_domain::booking::BookingStatus::Cancelled;
use rishi_domain::id::UserId;
use rishi_domain::notification::{Digest, NotificationPreferences, PutPreferences};
use rishi_resilience::{BreakerSettings, CallError, Circuit, Verdict};
use serde_json::json;

use super::stage::{Stage, named};

/// A mail server that can be switched off.
struct Server {
    up: AtomicBool,
    tried: AtomicUsize,
    taken: Mutex<Vec<(Timestamp, Letter)>>,
    circuit: Arc<Circuit>,
    clock: Arc<TestClock>,
}

#[async_trait]
impl Mailer for Server {
    async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let call = async {
            self.tried.fetch_add(1, Ordering::Relaxed);
            if self.up.load(Ordering::Relaxed) { Ok(()) } else { Err("nobody answers") }
        };
        let judge = |answer: &Result<(), &str>| match answer {
            Ok(()) => Verdict::Works,
            Err(why) => Verdict::Failed((*why).to_owned()),
        };
        match self.circuit.call(call, judge).await {
            Ok(()) => {
                let taken = (self.clock.now(), letter.clone());
                self.taken.lock().unwrap().push(taken);
                Ok(())
            }
            Err(CallError::Open(refused)) => Err(Undelivered::Down(refused.retry_after)),
            Err(error) => Err(Undelivered::Failed { why: error.to_string(), after: None }),
        }
    }
}

impl Server {
    fn taken(&self) -> Vec<(Timestamp, Letter)> {
        self.taken.lock().unwrap().clone()
    }
}

async fn stage() -> (Stage, Arc<Server>) {
    let made: Arc<Mutex<Option<Arc<Server>>>> = Arc::default();
    let keep = Arc::clone(&made);
    let stage = Stage::with(json!({}), move |app: &mut App, clock: &Arc<TestClock>| {
        let circuit = app.circuits.of("smtp", BreakerSettings::default());
        let server = Arc::new(Server {
            up: AtomicBool::new(true),
            tried: AtomicUsize::new(0),
            taken: Mutex::default(),
            circuit: Arc::clone(&circuit),
            clock: Arc::clone(clock),
        });
        *keep.lock().unwrap() = Some(Arc::clone(&server));
        let base_url = "https://rishi.example".to_owned();
        app.mail = Some(Mail { mailer: server, circuit, base_url });
    })
    .await;
    let server = made.lock().unwrap().take().unwrap();
    (stage, server)
}

fn manager(stage: &Stage) -> UserId {
    stage.manager.principal.user_id()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_without_a_mail_server_costs_time_and_nothing_else() {
    let (stage, server) = stage().await;
    server.up.store(false, Ordering::Relaxed);
    let mut bookings = Vec::new();
    for _ in 0..12 {
        bookings.push(stage.book(3 * 24 * 60, json!(null)).await);
    }
    let approved = stage.approved(3 * 24 * 60, json!(null)).await;
    stage.step(approved, Cancelled).await;
    let inbox = stage.inbox(manager(&stage)).await;
    assert!(inbox.len() >= 16, "the inbox does not wait for mail: {}", inbox.len());
    for _ in 0..60 {
        stage.pass(1).await;
    }
    assert!(server.taken().is_empty());
    // Five open the circuit; then three probes each time that it lets somebody through.
    let tried = server.tried.load(Ordering::Relaxed);
    assert!((5..=5 + 3 * 61).contains(&tried), "{tried}");

    server.up.store(true, Ordering::Relaxed);
    for _ in 0..60 {
        stage.pass(10).await;
    }
    let taken = server.taken();
    let mut told: Vec<_> = taken.iter().map(|(_, letter)| letter.id).collect();
    told.sort_unstable();
    let before = told.len();
    told.dedup();
    assert_eq!(told.len(), before, "each once");
    // What was approved and then cancelled is not told as approved.
    let due = inbox.iter().filter(|one| one.kind != "booking_approved");
    let due: Vec<_> = due.map(|one| one.id.0).collect();
    assert_eq!(told, due, "all of it, and nothing that is no longer true");
    let filter = rishi_bus::LetterFilter::default();
    let (dead, _) = stage.store.letters(&filter, 10, 0).await.unwrap();
    assert!(dead.is_empty(), "{dead:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_one_mail_at_its_hour_on_the_persons_clock() {
    let (stage, server) = stage().await;
    let command = PutPreferences {
        digest: Some(Digest { at: "08:00".parse().unwrap() }),
        ..PutPreferences::default()
    };
    let nil = |_: &NotificationPreferences| named(uuid::Uuid::nil());
    stage.app.put_notification_preferences(&stage.manager, None, command, nil).await.unwrap();
    let mut made = 0;
    for _ in 0..3 {
        stage.book(30 * 24 * 60, json!(null)).await;
        stage.pass(5 * 60).await;
        stage.book(30 * 24 * 60, json!(null)).await;
        made += 2;
        stage.pass(19 * 60).await;
    }
    stage.pass(24 * 60).await;
    let taken = server.taken();
    assert!((3..=4).contains(&taken.len()), "a mail a day: {}", taken.len());
    let mut told = 0;
    for (at, letter) in &taken {
        let due = letter.written_at.in_tz("America/Denver").unwrap();
        assert_eq!((due.hour(), due.minute()), (8, 0), "{due}");
        assert!(*at >= letter.written_at);
        told += letter.text.matches("New Booking Created").count();
    }
    assert_eq!(told, made, "each once");
}
