//! Acts out the demo through the use cases, on a clock of its own.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::auth::{Authenticator, Caller, Visitor};
use rishi_app::commit::Answer;
use rishi_app::staffing::AssignmentStep;
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};
use rishi_app::{App, Error, passwords, policies};
use rishi_bus::{Clock, Dispatcher};
use rishi_domain::assignment::{AssignStaff, AssignmentOrder, CheckIn, Override};
use rishi_domain::booking::BookingStatus::{Cancelled, Completed, InProgress, PendingApproval};
use rishi_domain::booking::create::CreateBooking;
use rishi_domain::booking::transition::ChangeStatus;
use rishi_domain::booking::{BookingStatus, RoleRequirement, StaffRequirements};
use rishi_domain::id::{AssignmentId, BookingId, LocationId, OrganizationId, UserId};
use rishi_domain::location::CreateLocation;
use rishi_domain::staffing::{PutStaffProfile, VerifyCertification};
use rishi_domain::user::CreateUser;
use serde_json::Value;
use uuid::Uuid;

use super::SHOWN;
use super::content::{Content, Fate, Person, Plan, Tenant};
use super::story::{Act, Deed, PAST};
use crate::compose::Base;
use crate::failure::Failure;

/// Who sets up the rest.
const ADMIN: &str = "priya";
/// How long the tokens of the cast live: on their clock until today, so they are dead when it is over.
const DAYS: u16 = 21;

/// A clock that stands until it is moved.
struct StageClock(AtomicI64);

impl Clock for StageClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The cast at their places.
pub(super) struct Stage<'a> {
    content: &'a Content,
    clock: Arc<StageClock>,
    app: App,
    authenticator: Authenticator,
    dispatcher: Dispatcher,
    tokens: HashMap<&'a str, String>,
    passwords: HashMap<&'a str, String>,
    organizations: HashMap<&'a str, OrganizationId>,
    locations: HashMap<&'a str, LocationId>,
    bookings: HashMap<usize, BookingId>,
    people: HashMap<&'a str, UserId>,
    /// Who works on which booking, by which assignment.
    shifts: HashMap<BookingId, Vec<(&'a str, AssignmentId)>>,
}

impl<'a> Stage<'a> {
    /// Makes organizations, people and locations, three weeks before `now`.
    pub(super) async fn set(
        base: &Base,
        content: &'a Content,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let clock = Arc::new(StageClock(AtomicI64::new((now - PAST).as_microsecond())));
        let shown: Arc<dyn Clock> = clock.clone();
        let app = App::new(base.store.clone(), base.store.clone(), Arc::clone(&shown));
        // The same reactions as ever, on the stage's clock.
        let reactions = policies::subscriptions(&app);
        let dispatcher =
            Dispatcher::start(Arc::clone(&base.store), reactions, shown, Arc::new(|| 1.0)).await;
        let mut stage = Self {
            content,
            clock,
            authenticator: Authenticator::new(&app),
            dispatcher: dispatcher
                .map_err(|error| Failure::broken("cannot start the event handlers", error))?,
            app,
            tokens: HashMap::new(),
            passwords: HashMap::new(),
            organizations: HashMap::new(),
            locations: HashMap::new(),
            bookings: HashMap::new(),
            people: HashMap::new(),
            shifts: HashMap::new(),
        };
        let internal =
            stage.app.store.internal_organization().await.map_err(|error| refused(error.into()))?;
        let internal = internal.ok_or_else(|| refused(Error::NotFound("organization")))?.id;
        // Somebody must be there before there is anything to serve.
        let (first, others): (Vec<&Person>, Vec<&Person>) =
            content.people.iter().partition(|person| person.key == ADMIN);
        for person in first {
            stage.enter(person, internal).await?;
        }
        stage.found().await?;
        for person in others {
            stage.enter(person, internal).await?;
        }
        for person in content.people.iter().filter(|person| person.staff.is_some()) {
            stage.employ(person, internal).await?;
        }
        Ok(stage)
    }

    /// Something happens, with all that follows from it.
    pub(super) async fn play(&mut self, act: Act<'a>) -> Result<(), Failure> {
        self.clock.0.store(act.at.as_microsecond(), Ordering::Relaxed);
        let tenant = self.content.organization(&act.plan.organization)?;
        match act.deed {
            Deed::Book(start, end) => {
                let command = self.command(act.plan, start, end)?;
                let caller = self.caller(&tenant.requester).await?;
                let made = self
                    .app
                    .create_booking(&caller, command, |made| Ok(named(made.booking.id)))
                    .await;
                self.bookings.insert(act.booking, id(made)?);
            }
            Deed::Staff => {
                let booking = self.bookings.get(&act.booking).copied();
                let booking = booking.ok_or_else(|| missing(&act.plan.title))?;
                self.staff(tenant, act.plan, booking).await?;
            }
            Deed::Move { to, last } => {
                let booking =
                    *self.bookings.get(&act.booking).ok_or_else(|| missing(&act.plan.title))?;
                if to == Completed {
                    self.attend(booking, &AssignmentStep::CheckOut(CheckIn::default())).await?;
                }
                let caller = self.caller(doer(tenant, act.plan, to)).await?;
                let notes = act.plan.notes.clone().filter(|_| last);
                let command = ChangeStatus { status: to, notes };
                let moved =
                    self.app.change_booking_status(&caller, booking, None, command, |moved| {
                        Ok(named(moved.booking.id))
                    });
                moved.await.map_err(refused)?;
                if to == InProgress {
                    self.attend(booking, &AssignmentStep::CheckIn(CheckIn::default())).await?;
                }
            }
        }
        self.dispatcher.idle().await;
        Ok(())
    }

    /// It is over; the reactions' progress is written.
    pub(super) async fn clear(self) {
        self.dispatcher.shutdown(Duration::from_secs(5)).await;
    }

    async fn enter(&mut self, person: &'a Person, internal: OrganizationId) -> Result<(), Failure> {
        let organization = match &person.organization {
            Some(key) => self.organization(key)?,
            None => internal,
        };
        let serves: Result<Vec<_>, Failure> =
            person.serves.iter().map(|key| self.organization(key)).collect();
        let user = CreateUser {
            email: person.email.clone(),
            display_name: person.name.clone(),
            locale: None,
            timezone: Some(person.timezone.clone()),
        };
        let entry = if SHOWN.contains(&person.key.as_str()) {
            let password = passwords::generate().map_err(refused)?;
            self.passwords.insert(&person.key, password.clone());
            Entry::Password(password)
        } else {
            Entry::Later
        };
        let new = NewMember { user, organization, role: person.role, serves: serves?, entry };
        let (user, _) = self.app.add_user(new).await.map_err(refused)?;
        self.people.insert(&person.key, user.id);
        let token = NewToken {
            email: person.email.clone(),
            organization: Some(organization),
            name: "demo setup".to_owned(),
            days: DAYS,
        };
        let (_, secret) = self.app.add_token(token).await.map_err(refused)?;
        self.tokens.insert(&person.key, secret.reveal().to_owned());
        Ok(())
    }

    /// Gives a person a staff profile, and looks at the certificates.
    async fn employ(&self, person: &Person, employer: OrganizationId) -> Result<(), Failure> {
        let admin = self.caller(ADMIN).await?;
        let user = self.person(&person.key)?;
        let mut body = person.staff.clone().unwrap_or_default();
        body["organizationId"] = Value::String(employer.to_string());
        let command: PutStaffProfile = serde_json::from_value(body)
            .map_err(|error| Failure::broken("cannot read the demo's content", error))?;
        let proved = command.skills.iter().filter(|skill| skill.certification.is_some());
        let proved: Vec<String> = proved.map(|skill| skill.name.clone()).collect();
        let put = self.app.put_staff_profile(&admin, user, None, command, |seen, _| {
            Ok(named(seen.profile.user_id))
        });
        put.await.map_err(refused)?;
        for skill in proved {
            let command = VerifyCertification { skill };
            let seen = self.app.verify_certification(&admin, user, None, &command, |seen| {
                Ok(named(seen.profile.user_id))
            });
            seen.await.map_err(refused)?;
        }
        Ok(())
    }

    /// Everybody who works on a booking comes, or goes.
    async fn attend(&self, booking: BookingId, step: &AssignmentStep) -> Result<(), Failure> {
        for (agent, assignment) in self.shifts.get(&booking).into_iter().flatten() {
            let agent = self.caller(agent).await?;
            let (both, step) = ((booking, *assignment), step.clone());
            let done = self
                .app
                .step_assignment(&agent, both, None, step, |view| Ok(named(view.booking.id)));
            done.await.map_err(refused)?;
        }
        Ok(())
    }

    /// Assigns a plan's people in its first role; each accepts.
    async fn staff(
        &mut self,
        tenant: &Tenant,
        plan: &'a Plan,
        booking: BookingId,
    ) -> Result<(), Failure> {
        let runner = self.caller(&tenant.runner).await?;
        let role = plan.staff.first().map(|(role, ..)| role.clone()).unwrap_or_default();
        for key in &plan.assign {
            let order = AssignmentOrder {
                staff_id: self.person(key)?,
                role: role.clone(),
                hourly_rate: None,
                special_requirements: Vec::new(),
            };
            let reason = "Agreed by telephone.".to_owned();
            let command =
                AssignStaff { assignments: vec![order], overriding: Some(Override { reason }) };
            let made = self.app.assign_staff(&runner, booking, None, command, |view| {
                view.staff_assignments
                    .last()
                    .map(|made| named(made.id))
                    .ok_or(Error::NotFound("assignment"))
            });
            let assignment: AssignmentId = id(made.await)?;
            let agent = self.caller(key).await?;
            let step = AssignmentStep::Confirm(None);
            let accepted =
                self.app.step_assignment(&agent, (booking, assignment), None, step, |view| {
                    Ok(named(view.booking.id))
                });
            accepted.await.map_err(refused)?;
            self.shifts.entry(booking).or_default().push((key, assignment));
        }
        Ok(())
    }

    fn person(&self, key: &str) -> Result<UserId, Failure> {
        self.people.get(key).copied().ok_or_else(|| missing(key))
    }

    /// Organizations and locations.
    async fn found(&mut self) -> Result<(), Failure> {
        let admin = self.caller(ADMIN).await?;
        for tenant in &self.content.organizations {
            let made = self
                .app
                .create_organization(&admin, tenant.create.clone(), |made| Ok(named(made.id)))
                .await;
            self.organizations.insert(&tenant.key, id(made)?);
        }
        for place in &self.content.locations {
            let owner = place.owner.as_deref().map(|key| self.organization(key)).transpose()?;
            let command = CreateLocation { organization_id: owner, ..place.create.clone() };
            let made = self.app.create_location(&admin, command, |made| Ok(named(made.id))).await;
            self.locations.insert(&place.key, id(made)?);
        }
        Ok(())
    }

    async fn caller(&self, person: &str) -> Result<Caller, Failure> {
        let token = self.tokens.get(person).ok_or_else(|| missing(person))?;
        let principal =
            self.authenticator.bearer(token, self.clock.now()).await.map_err(refused)?;
        Ok(Caller::new(principal, Visitor::here(self.app.ids.next())))
    }

    /// The password of this person, if it is to be shown.
    pub(super) fn password(&self, person: &str) -> Result<String, Failure> {
        self.passwords.get(person).cloned().ok_or_else(|| missing(person))
    }

    /// The organization of this key.
    pub(super) fn organization(&self, key: &str) -> Result<OrganizationId, Failure> {
        self.organizations.get(key).copied().ok_or_else(|| missing(key))
    }

    fn command(
        &self,
        plan: &Plan,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<CreateBooking, Failure> {
        let location = plan.location.as_deref();
        let find = |key| self.locations.get(key).copied().ok_or_else(|| missing(key));
        let role = |(role, count, skills): &(String, u16, Vec<String>)| RoleRequirement {
            role: role.clone(),
            count: *count,
            skills: skills.clone(),
        };
        let roles: Vec<RoleRequirement> = plan.staff.iter().map(role).collect();
        let staff = StaffRequirements { roles: Some(roles), ..StaffRequirements::default() };
        Ok(CreateBooking {
            organization_id: self.organization(&plan.organization)?,
            title: plan.title.clone(),
            description: plan.description.clone(),
            operation_type: plan.operation_type,
            activity_type: plan.activity_type,
            priority: plan.priority,
            location_id: location.map(find).transpose()?,
            scheduled_start: start,
            scheduled_end: end,
            timezone: None,
            budget: plan.budget,
            requirements: None,
            staff_requirements: Some(staff).filter(|_| !plan.staff.is_empty()),
            equipment_requirements: plan.equipment.clone(),
            notes: None,
        })
    }
}

/// Who takes a booking to `to`.
fn doer<'a>(tenant: &'a Tenant, plan: &Plan, to: BookingStatus) -> &'a str {
    use BookingStatus::{Approved, OnHold};
    match to {
        PendingApproval => &tenant.requester,
        Cancelled if plan.fate == Fate::Cancelled => &tenant.requester,
        Approved | OnHold | Cancelled => &tenant.approver,
        _ => &tenant.runner,
    }
}

/// An answer that is only the new thing's id.
fn named(id: impl Display) -> Answer {
    Answer { status: 201, location: None, version: None, body: id.to_string() }
}

/// The id that [`named`] answered.
fn id<T: From<Uuid>>(answer: Result<Answer, Error>) -> Result<T, Failure> {
    let id = Uuid::parse_str(&answer.map_err(refused)?.body);
    Ok(id.map_err(|error| Failure::broken("cannot fill the demo", error))?.into())
}

fn missing(what: &str) -> Failure {
    Failure::Refused(format!("cannot fill the demo: {what:?} is missing from its content"))
}

fn refused(error: Error) -> Failure {
    Failure::Refused(format!("cannot fill the demo: {}", Failure::refusal(error).message()))
}
