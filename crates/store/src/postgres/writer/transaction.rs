//! One transaction: begun, done again when it was in another's way, and never left in doubt.
//!
//! When the connection is lost while a transaction is being committed, the server is asked by the transaction's
//! number what became of it, until it knows: a transaction that is still under way is waited for. So whoever is told
//! that nothing was changed can rely on it, and what was changed is answered as such.

use std::time::Duration;

use rishi_app::commit::CommitError;

use super::append::Trace;
use super::guards;
use super::step::Step;
use crate::postgres::columns::get;
use crate::postgres::connection::{Db, Own, Pool};
use crate::postgres::error::StoreError;
use crate::postgres::sequencer::{Moved, Sequencer, Turn};
use crate::refusal::Refusal as _;

/// How often a transaction is tried.
const TRIES: u32 = 6;
/// The first pause between two tries; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(5);
/// How often the server is asked what became of a transaction.
const ASKED_EVERY: Duration = Duration::from_millis(50);

/// Why a transaction, or one commit of several in it, did not take effect.
#[derive(Debug)]
pub(in crate::postgres) enum Refusal {
    /// It is refused.
    Commit(CommitError),
    /// The transaction has to go.
    Failed(StoreError),
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if let Some(refused) = guards::constraint(&error) {
            return Self::Commit(refused);
        }
        if error.passing().is_some() {
            return Self::Failed(error);
        }
        Self::Commit(CommitError::Storage(Box::new(error)))
    }
}

impl From<Refusal> for CommitError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Commit(error) => error,
            Refusal::Failed(error) => error.into(),
        }
    }
}

/// Takes a step in a transaction, all of it or nothing; what it came to, and what it did.
pub(in crate::postgres) async fn transact<S: Step>(
    pool: &Pool,
    sequencer: &Sequencer,
    step: &S,
) -> Result<(S::Outcome, Trace), Refusal> {
    let mut tries = 0;
    loop {
        match once(pool, sequencer, step).await {
            Err(Refusal::Failed(error)) if tries < TRIES && error.is_worth_another_try() => {
                tracing::debug!(cause = ?error, tries, "a transaction is done again");
                tokio::time::sleep(PAUSE * 2_u32.pow(tries)).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn once<S: Step>(
    pool: &Pool,
    sequencer: &Sequencer,
    step: &S,
) -> Result<(S::Outcome, Trace), Refusal> {
    let own = pool.own().await?;
    let db = own.db()?;
    let number = begin(&db).await?;
    let done = whole(&db, sequencer, step).await;
    let (done, mut trace, along) = match done {
        Ok(done) if S::KEPT => done,
        other => {
            // A connection that is not given back is closed, which takes the transaction back too.
            if db.simply("ROLLBACK").await.is_ok() {
                own.rest();
            }
            return other.map(|(done, trace, _)| (done, trace));
        }
    };
    // tidy: because it measures a flush, and no decision rests on it
    let begun = tokio::time::Instant::now();
    match db.simply("COMMIT").await {
        Ok(()) => {
            sequencer.flushed(begun.elapsed());
            own.rest();
        }
        Err(error) if error.is_outage() => {
            drop(own);
            what_became_of(pool, &number).await?;
        }
        Err(error) => return Err(error.into()),
    }
    if let Some((turn, moved)) = along {
        trace.places = moved.iter().map(|event| (event.id, event.position)).collect();
        turn.tell(moved);
    }
    Ok((done, trace))
}

/// What a step came to, what it did, and what was sequenced along with it.
type Whole<'s, T> = (T, Trace, Option<(Turn<'s>, Moved)>);

async fn whole<'s, S: Step>(
    db: &Db<'_>,
    sequencer: &'s Sequencer,
    step: &S,
) -> Result<Whole<'s, S::Outcome>, Refusal> {
    let mut trace = Trace::default();
    let done = step.take(db, &mut trace).await?;
    if !S::KEPT {
        return Ok((done, trace, None));
    }
    // Last of all: other changes of the same organization wait for these rows, and everybody's events for that of the log.
    let counted = std::mem::take(&mut trace.counters).write(db);
    let turn = if trace.told.is_empty() { None } else { sequencer.turn() };
    let Some(turn) = turn else {
        counted.await?;
        return Ok((done, trace, None));
    };
    let (counted, moved) = tokio::join!(counted, turn.sequence(db));
    counted?;
    Ok((done, trace, Some((turn, moved?))))
}

/// Begins; the transaction's number, by which the server knows what became of it.
async fn begin(db: &Db<'_>) -> Result<String, StoreError> {
    let number = db.one("SELECT pg_current_xact_id()::text", &[]);
    let (begun, number) = tokio::join!(db.simply("BEGIN ISOLATION LEVEL READ COMMITTED"), number);
    begun?;
    get(&number?, 0).map_err(|_| StoreError::Unstorable("a transaction's number".to_owned()))
}

/// Asks what became of a transaction until the server knows, or can no longer be reached.
async fn what_became_of(pool: &Pool, number: &str) -> Result<(), StoreError> {
    let asking = async {
        loop {
            match status(pool, number).await {
                Ok(Some(status)) if status == "committed" => return Ok(()),
                Ok(Some(status)) if status == "aborted" => return Err(StoreError::Lost),
                Ok(Some(_)) => {}
                Ok(None) => return Err(StoreError::Unknown),
                Err(error) => tracing::debug!(cause = ?error, "cannot ask for a transaction yet"),
            }
            tokio::time::sleep(ASKED_EVERY).await;
        }
    };
    let answer = tokio::time::timeout(pool.guard().limit(), asking).await;
    answer.unwrap_or(Err(StoreError::Unknown))
}

async fn status(pool: &Pool, number: &str) -> Result<Option<String>, StoreError> {
    let own: Own = pool.own().await?;
    let row = own.db()?.one("SELECT pg_xact_status($1::text::xid8)", &[&number]).await?;
    own.rest();
    get(&row, 0).map_err(|_| StoreError::Unknown)
}
