//! Who could do it: everybody whom the caller may see, with what speaks for and against each.

use std::cmp::Reverse;

use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::money::Money;
use rishi_domain::permission::Capability;
use rishi_domain::staffing::check::{Finding, Kind, Work, check};
use rishi_domain::staffing::cost::rate;
use rishi_domain::staffing::person::Person;
use rishi_domain::staffing::score::{Score, score};
use rishi_domain::staffing::team::ANY_ROLE;
use schemars::JsonSchema;
use serde::Serialize;

use super::people::around;
use super::port::PeopleQuery;
use super::problems::{Reason, reason};
use crate::auth::Principal;
use crate::history::AsOf;
use crate::scope::Scope;
use crate::store::{Listed, Paging};
use crate::{App, Error};

/// Whether somebody can be assigned.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Nothing speaks against it.
    Fits,
    /// Only soft reasons do: somebody who may can pass over them.
    WithOverride,
    /// A hard reason does.
    No,
}

impl Fit {
    fn of(findings: &[Finding]) -> Self {
        if findings.is_empty() {
            Self::Fits
        } else if findings.iter().all(|one| one.kind == Kind::Soft) {
            Self::WithOverride
        } else {
            Self::No
        }
    }
}

/// Somebody in question for a booking.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// The role in which the person suits best.
    pub role: String,
    /// Whether the person can be assigned.
    pub fit: Fit,
    /// How well the person suits.
    pub score: Score,
    /// What speaks against it, as far as the caller may know.
    pub reasons: Vec<Reason>,
    /// How far the person lives from the place, in kilometres.
    pub distance_km: Option<f64>,
    /// What an hour would cost; absent when unknown or not for the caller to see.
    pub hourly_rate: Option<Money>,
}

/// Which candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateFilter {
    /// For this role; for the one of the booking's in which each suits best when absent.
    pub role: Option<String>,
    /// Only those who can be assigned at least this well.
    pub fit: Option<Fit>,
    /// As things stood then; now when absent.
    pub as_of: Option<AsOf>,
    /// Which stretch.
    pub paging: Paging,
}

/// The moment of the past that an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PastMoment {
    /// The last event that is heeded.
    pub position: u64,
    /// When it happened.
    pub time: jiff::Timestamp,
    /// Whether something was taken as it is now, because the log no longer reaches back to it.
    pub assumed: bool,
}

/// Candidates, and of which moment.
#[derive(Debug, Clone)]
pub struct Candidates {
    /// A page of them.
    pub found: Listed<Candidate>,
    /// The moment; nothing for now.
    pub as_of: Option<PastMoment>,
}

impl App {
    /// Everybody whom the caller may see, ranked: who fits before who fits with an override before who
    /// does not, and among these by score; as of a moment of the past if one is named.
    pub async fn candidates(
        &self,
        principal: &Principal,
        id: BookingId,
        filter: &CandidateFilter,
    ) -> Result<Candidates, Error> {
        let now = self.now();
        let (record, organization) = self.visible_booking(principal, id).await?;
        let assigned = record.involves(principal.user_id());
        let about = Some((&record.booking, assigned));
        if !principal.may(Capability::AssignStaff, &organization, about, now) {
            return Err(Error::Forbidden("see who could be assigned to this booking"));
        }
        let sees_pay = principal.may(Capability::SeePayRates, &organization, about, now);
        let scope = principal.scope(Capability::ReadStaffProfiles);
        if let Some(as_of) = filter.as_of {
            let past = self.past_of(&scope, (&record.booking, &organization), as_of).await?;
            let work = Work {
                booking: &past.booking,
                location: past.location.as_ref(),
                settings: &past.organization.settings,
            };
            let found = ranked(principal, &work, &past.people, filter, sees_pay);
            let (position, time) = (past.moment.position, past.moment.time);
            let moment = PastMoment { position, time, assumed: past.assumed };
            return Ok(Candidates { found, as_of: Some(moment) });
        }
        let people = self.everybody(&scope, &record.booking).await?;
        let location = self.place_of(&record.booking).await?;
        let settings = &organization.settings;
        let work = Work { booking: &record.booking, location: location.as_ref(), settings };
        let found = ranked(principal, &work, &people, filter, sees_pay);
        Ok(Candidates { found, as_of: None })
    }

    /// Everybody in scope with a profile.
    pub(super) async fn everybody(
        &self,
        scope: &Scope,
        booking: &Booking,
    ) -> Result<Vec<Person>, Error> {
        let query = PeopleQuery {
            organization: booking.organization_id,
            people: None,
            around: around(booking.range()),
        };
        self.ask_for_people(scope, &query, booking.range()).await
    }
}

/// A page of the people, ranked.
fn ranked(
    principal: &Principal,
    work: &Work,
    people: &[Person],
    filter: &CandidateFilter,
    sees_pay: bool,
) -> Listed<Candidate> {
    let roles = match &filter.role {
        Some(role) => vec![role.clone()],
        None => roles_of(work.booking),
    };
    let mut ranked: Vec<Ranked> =
        people.iter().filter_map(|person| best(work, person, &roles, sees_pay)).collect();
    if let Some(fit) = filter.fit {
        ranked.retain(|one| one.fit <= fit);
    }
    ranked.sort_by_key(|one| (one.fit, Reverse(one.tenths()), one.person.id));
    let total = ranked.len() as u64;
    let skip = usize::try_from(filter.paging.offset).unwrap_or(usize::MAX);
    let page = ranked.into_iter().skip(skip).take(filter.paging.limit as usize);
    let items = page.map(|one| one.told(principal, work, sees_pay)).collect();
    Listed { items, total }
}

/// A person in the role in which they suit best.
struct Ranked<'a> {
    person: &'a Person,
    role: &'a str,
    fit: Fit,
    score: Score,
    findings: Vec<Finding>,
}

impl Ranked<'_> {
    /// The score as a whole number, so that it can be ordered.
    #[expect(clippy::cast_possible_truncation, reason = "a score has at most 1000 tenths")]
    fn tenths(&self) -> i64 {
        (self.score.points * 10.0).round() as i64
    }

    fn told(self, principal: &Principal, work: &Work, sees_pay: bool) -> Candidate {
        let profile = self.person.profile.as_ref();
        let kilometres = |meters: f64| (meters / 100.0).round() / 10.0;
        Candidate {
            staff_id: self.person.id,
            display_name: self.person.display_name.clone(),
            role: self.role.to_owned(),
            fit: self.fit,
            score: self.score,
            reasons: self.findings.into_iter().map(|finding| reason(principal, finding)).collect(),
            distance_km: work.meters_from_home(self.person).map(kilometres),
            hourly_rate: rate(None, profile, work.settings).filter(|_| sees_pay),
        }
    }
}

/// The booking's roles; any one when it names none.
fn roles_of(booking: &Booking) -> Vec<String> {
    let needs = booking.staff_requirements.as_ref();
    let roles = needs.and_then(|needs| needs.roles.as_deref()).unwrap_or_default();
    if roles.is_empty() {
        return vec![ANY_ROLE.to_owned()];
    }
    roles.iter().map(|one| one.role.clone()).collect()
}

/// The role in which the person suits best.
fn best<'a>(
    work: &Work,
    person: &'a Person,
    roles: &'a [String],
    with_cost: bool,
) -> Option<Ranked<'a>> {
    let in_role = |role: &'a String| {
        let findings = check(work, person, role);
        let score = score(work, person, role, with_cost);
        Ranked { person, role, fit: Fit::of(&findings), score, findings }
    };
    roles.iter().map(in_role).min_by_key(|one| (one.fit, Reverse(one.tenths())))
}
