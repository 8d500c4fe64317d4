//! Sixty-four writers that take their time between writing and committing, and a policy that runs meanwhile: no
//! event is skipped, none takes effect twice, every subject keeps its order, and the chain holds.
//!
//! `RISHI_SOAK_EVENTS` asks for more than is usual; the figure to hold is a million.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rishi_app::Commit;
use rishi_app::commit::Change;
use rishi_app::ids::Ids;
use rishi_bus::{
    Dispatcher, Envelope, HandlerError, Ledger as _, Policy, Subscription, SubscriptionSpec,
    SystemClock,
};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::notification::Notification;
use rishi_store::postgres::Postgres;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::House;

const WRITERS: u64 = 64;
const SUBJECTS: u64 = 257;
/// How many events a commit has at most.
const LARGEST: u64 = 16;
/// One transaction in so many is taken back.
const TAKEN_BACK: u64 = 17;
/// One commit in so many is very late.
const LATE: u64 = 50;

/// A subject's turn is held until the commit, as rows are that a change touches; then the batch is drawn.
const WRITE: &str = "WITH turn AS (UPDATE turns SET number = number + $2 WHERE subject = $1 RETURNING number),
      drawn AS MATERIALIZED (SELECT number - $2 AS before, nextval('unsequenced_batches') AS batch FROM turn)
 INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id, schema_version, timestamp, data)
 SELECT batch, n, gen_random_uuid(), 'TRIAL_HELD', 'test', 'trial', $1, 1, 0, '{\"number\":' || before + n || '}'
   FROM drawn, generate_series(1, $2) AS n";

/// Tells somebody of each event, in the transaction that moves the cursor.
struct Note {
    ids: Ids,
    user: UserId,
    organization: OrganizationId,
}

#[async_trait]
impl Policy<Commit> for Note {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let note = Change::Notification(Box::new(Notification {
            id: self.ids.next(),
            user_id: self.user,
            organization_id: self.organization,
            kind: "note".to_owned(),
            title: event.position.to_string(),
            message: event.subject.to_string(),
            related_entity_type: "trial".to_owned(),
            related_entity_id: event.id,
            read_at: None,
            created_at: event.timestamp,
        }));
        Ok(Some(Commit { changes: vec![note], ..Commit::default() }))
    }
}

/// Somebody to tell, and the subjects that are written about.
async fn prepare(house: &House, db: &Client) -> Note {
    let ids = Ids::new(Arc::new(SystemClock));
    let user: UserId = ids.next();
    let sql = "INSERT INTO users (id, email, email_key, display_name, status, locale, timezone,
            created_at, updated_at, version)
         VALUES ($1, 'a@b.example', 'a@b.example', 'A', 'active', 'en', 'UTC', 0, 0, 1)";
    db.execute(sql, &[&user.0]).await.unwrap();
    db.batch_execute("CREATE TABLE turns (subject uuid PRIMARY KEY, number bigint NOT NULL)")
        .await
        .unwrap();
    for number in 0..SUBJECTS {
        let subject = Uuid::from_u128(u128::from(number));
        db.execute("INSERT INTO turns VALUES ($1, 0)", &[&subject]).await.unwrap();
    }
    Note { ids, user, organization: house.operator.id }
}

/// Writes so many events, a few at a time, and takes some back.
async fn write(mut db: Client, mut chance: StdRng, mut left: u64) {
    while left > 0 {
        let size = chance.random_range(1..=LARGEST).min(left);
        let subject = Uuid::from_u128(u128::from(chance.random_range(0..SUBJECTS)));
        let transaction = db.transaction().await.unwrap();
        let written =
            transaction.execute(WRITE, &[&subject, &i64::try_from(size).unwrap()]).await.unwrap();
        assert_eq!(written, size);
        let delay = if chance.random_range(0..LATE) == 0 { 40_000 } else { 4_000 };
        tokio::time::sleep(Duration::from_micros(chance.random_range(0..delay))).await;
        if chance.random_range(0..TAKEN_BACK) == 0 {
            transaction.rollback().await.unwrap();
            continue;
        }
        transaction.commit().await.unwrap();
        left -= size;
    }
}

/// Has a process look for what was left, again and again.
async fn look(store: Arc<Postgres>) {
    loop {
        store.refresh_head().await.unwrap();
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_writers_who_commit_late_lose_and_double_nothing() {
    let number =
        |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (count, seed) = (number("RISHI_SOAK_EVENTS", 6_400), number("RISHI_TEST_SEED", 7));
    let house = House::new().await;
    let db = house.database.connect().await;
    let note = prepare(&house, &db).await;
    let beside = house.beside().await;
    let mut looking = tokio::task::JoinSet::new();
    looking.spawn(look(house.store.clone()));
    looking.spawn(look(beside.clone()));
    let spec = SubscriptionSpec::new("note").on_type("TRIAL_HELD");
    let subscriptions = vec![Subscription::policy(spec, note)];
    let dispatcher = Dispatcher::start(
        house.store.clone(),
        subscriptions,
        Arc::new(SystemClock),
        Arc::new(|| 0.5),
    );
    let dispatcher = dispatcher.await.unwrap();

    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let share = count / WRITERS + u64::from(writer < count % WRITERS);
        let chance = StdRng::seed_from_u64(seed.wrapping_mul(WRITERS) + writer);
        writers.spawn(write(house.database.connect().await, chance, share));
    }
    writers.join_all().await;
    let numbers = async |sql: &str| -> Vec<i64> {
        let row = db.query_one(sql, &[]).await.unwrap();
        (0..row.len()).map(|column| row.get(column)).collect()
    };
    let settled = async {
        while numbers("SELECT count(*) FROM unsequenced").await != [0] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        house.store.refresh_head().await.unwrap();
        dispatcher.idle().await;
    };
    tokio::time::timeout(Duration::from_secs(60 + count / 500), settled).await.unwrap();
    dispatcher.shutdown(Duration::from_secs(10)).await;
    looking.shutdown().await;

    let count = i64::try_from(count).unwrap();
    let published = "SELECT count(*) FROM events WHERE type = 'TRIAL_HELD'";
    assert_eq!(numbers(published).await, [count], "seed {seed}: nothing is lost");
    let disordered = "SELECT count(*) FROM (
            SELECT (data::json ->> 'number')::bigint AS number, version,
                   row_number() OVER (PARTITION BY subject_id ORDER BY position) AS place
              FROM events WHERE type = 'TRIAL_HELD') AS told
          WHERE number <> place OR version <> place";
    assert_eq!(numbers(disordered).await, [0], "seed {seed}: every subject in its order");
    let told = "SELECT count(*), count(DISTINCT related_entity_id) FROM notifications";
    assert_eq!(numbers(told).await, [count, count], "seed {seed}: each event exactly once");
    let disordered = "SELECT count(*) FROM (
            SELECT title::bigint AS position,
                   lag(title::bigint) OVER (PARTITION BY message ORDER BY id) AS earlier
              FROM notifications) AS told WHERE earlier > position";
    assert_eq!(numbers(disordered).await, [0], "seed {seed}: every subject in its order");
    let head = house.store.refresh_head().await.unwrap();
    let report = rishi_bus::verify(&*house.store, None, &mut |_| {}).await.unwrap();
    assert_eq!(report.head.position, head);
    println!("{count} events by {WRITERS} writers, {head} positions verified, seed {seed}");
}
