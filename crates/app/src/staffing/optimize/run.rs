//! Starting a search, looking at it, ending it.

use std::sync::Arc;
use std::time::Duration;

use rishi_domain::permission::Capability;
use rishi_domain::staffing::optimize::{Problem, Progress, Watch, optimize};
use rishi_resilience::Elapsed;
use uuid::Uuid;

use super::registry::{Optimization, State};
use super::{OptimizeSchedule, PlanView};
use crate::auth::{Caller, Principal};
use crate::commit::Answer;
use crate::{App, Commit, Error};

/// The share of its time that a search takes for searching; the rest is for telling what it found.
const SEARCHING: f64 = 0.9;
/// How often it is told how far a search has come.
const TELLING: Duration = Duration::from_millis(200);

impl App {
    /// Starts to search a plan, which changes nothing. `reply` puts the answer into words. The search
    /// is there when it is this request's own, and not a repetition of one before.
    pub async fn optimize(
        &self,
        caller: &Caller,
        mut request: OptimizeSchedule,
        reply: fn(&PlanView) -> Result<Answer, Error>,
    ) -> Result<(Answer, Option<Arc<Optimization>>), Error> {
        request.organizations.sort_unstable();
        request.organizations.dedup();
        request.validate()?;
        let principal = &caller.principal;
        let overrides = request.overriding.is_some();
        let organizations = self.plannable(principal, &request.organizations, overrides).await?;
        if !self.sees_pay(principal, &organizations) {
            // What a plan costs would tell what people earn.
            request.weights.cost = 0.0;
        }
        let id: Uuid = self.ids.next();
        let begun = (self.optimizations.elapsed)();
        let seat = self.optimizations.reserve(id, principal.user_id(), &request.organizations)?;
        let (problem, basis) = self.problem(principal, &request, &organizations).await?;
        let now = self.now();
        let search = Optimization::new(id, principal.user_id(), request, (now, begun), basis);
        let search = Arc::new(search);
        let answer = reply(&self.view(principal, &search).await?)?;
        let kept = self.keep(caller, answer.clone()).await?;
        if kept != answer {
            return Ok((kept, None));
        }
        self.optimizations.add(&search, now);
        drop(seat);
        self.start(Arc::clone(&search), problem);
        Ok((answer, Some(search)))
    }

    /// Keeps an answer for repetitions of a request that changes nothing; the one that is kept already.
    async fn keep(&self, caller: &Caller, answer: Answer) -> Result<Answer, Error> {
        if caller.idempotency.is_none() {
            return Ok(answer);
        }
        let nothing = Commit::default();
        self.finish(caller, Capability::ReadBookings, nothing, answer, false).await
    }

    fn start(&self, search: Arc<Optimization>, problem: Problem) {
        let (elapsed, clock) = (Arc::clone(&self.optimizations.elapsed), Arc::clone(&self.clock));
        let time = Arc::clone(&elapsed);
        let own = Arc::clone(&search);
        // Searching is work for a thread of its own.
        let searching = tokio::task::spawn_blocking(move || {
            let mut meter = Meter::new(own, elapsed);
            optimize(&problem, &mut meter)
        });
        tokio::spawn(async move {
            let outcome = searching.await;
            let state = match &outcome {
                Ok(_) if search.is_cancelled() => State::Cancelled,
                Ok(_) => State::Done,
                Err(_) => State::Failed,
            };
            let progress = match outcome {
                Ok(outcome) => Some(search.outcome.get_or_init(|| outcome).progress),
                Err(error) => {
                    tracing::error!(%error, id = %search.id, "the search for a plan broke down");
                    None
                }
            };
            let taken = time().saturating_sub(search.begun);
            let now = clock.now();
            search.change(|one| {
                one.state = state;
                one.elapsed = taken;
                one.finished_at = Some(now);
                one.progress = progress.unwrap_or(one.progress);
            });
        });
    }

    /// A search of the caller's, who may still assign staff in all its organizations.
    pub fn optimization(
        &self,
        principal: &Principal,
        id: Uuid,
    ) -> Result<Arc<Optimization>, Error> {
        let found = self.optimizations.get(id, self.clock.now());
        let scope = principal.scope(Capability::AssignStaff);
        let own = found.filter(|one| {
            one.owner == principal.user_id()
                && one.request.organizations.iter().all(|id| scope.covers(*id))
        });
        own.ok_or(Error::NotFound("plan"))
    }

    /// What the caller sees of a search.
    pub async fn read_optimization(
        &self,
        principal: &Principal,
        id: Uuid,
    ) -> Result<PlanView, Error> {
        let search = self.optimization(principal, id)?;
        self.view(principal, &search).await
    }

    /// Ends a search; its best plan so far stays. One that is over stays as it is.
    pub async fn cancel_optimization(
        &self,
        caller: &Caller,
        id: Uuid,
        reply: fn(&PlanView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let search = self.optimization(&caller.principal, id)?;
        search.cancel();
        search.finished().await;
        let answer = reply(&self.view(&caller.principal, &search).await?)?;
        self.keep(caller, answer).await
    }
}

/// What the search asks again and again.
struct Meter {
    search: Arc<Optimization>,
    elapsed: Elapsed,
    told: Option<Duration>,
}

impl Meter {
    fn new(search: Arc<Optimization>, elapsed: Elapsed) -> Self {
        Self { search, elapsed, told: None }
    }
}

impl Watch for Meter {
    fn spent(&mut self, news: &Progress) -> f64 {
        if self.search.is_cancelled() {
            return 1.0;
        }
        let taken = (self.elapsed)().saturating_sub(self.search.begun);
        if self.told.is_none_or(|told| taken.saturating_sub(told) >= TELLING) {
            self.told = Some(taken);
            self.search.change(|one| (one.progress, one.elapsed) = (*news, taken));
        }
        taken.as_secs_f64() / (self.search.request.time().as_secs_f64() * SEARCHING)
    }
}

/// Seconds as they are shown: to the millisecond.
pub(super) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000.0).round() / 1_000.0
}
