//! What the database lets a query see: the second wall between organizations.
//!
//! The schema's policies show a session nothing until it says whose rows it asks for. So a query that lost its
//! condition shows no more than its caller may see. The wall is coarser than the first one ([`super::read::scope`]):
//! what a person may see of an organization is decided there.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use futures::future::join;
use rishi_app::scope::Scope;
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::permission::Visibility;

/// Says it: to the session, or to the transaction.
pub(super) const SAY: &str =
    "SELECT set_config('rishi.scope', $1, $3), set_config('rishi.person', $2, $3)";

/// Where a person works: the organizations of the bookings that it is on, by commas.
pub(super) const WORKPLACES: &str =
    "SELECT coalesce(string_agg(DISTINCT b.organization_id::text, ','), '')
       FROM assignments a JOIN bookings b ON b.id = a.booking_id
      WHERE a.staff_id = $1 AND a.status NOT IN ('declined', 'released')";

/// For what belongs to no organization, and for what decides or reacts across them.
pub(super) const EVERYTHING: &Reach = &Reach::Everything;

/// How far a query reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// Every row.
    Everything,
    /// What belongs to some organizations, and to a person.
    Part(Part),
}

/// Some organizations, by commas, and perhaps a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    organizations: String,
    person: String,
    /// Who sees the own work wherever it is, if that is yet to be found out.
    works: Option<UserId>,
}

impl Part {
    pub(super) fn scope(&self) -> &str {
        &self.organizations
    }

    pub(super) fn person(&self) -> &str {
        &self.person
    }

    /// Whose workplaces belong to it as well.
    pub(super) fn works(&self) -> Option<UserId> {
        self.works
    }

    /// The same with the organizations where the person works.
    pub(super) fn at(&self, workplaces: &str) -> Self {
        let parts = [self.organizations.as_str(), workplaces];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self { organizations: parts.join(","), person: self.person.clone(), works: None }
    }
}

impl Reach {
    /// As far as a scope does.
    pub(super) fn of(scope: &Scope) -> Self {
        match scope.visibility() {
            Visibility::All => Self::Everything,
            Visibility::Organizations { whole, own_in, assigned } => {
                let works = scope.user().filter(|_| *assigned);
                Self::part(whole.iter().chain(own_in), scope.user(), works)
            }
        }
    }

    /// One organization.
    pub(super) fn within(organization: OrganizationId) -> Self {
        Self::part([&organization], None, None)
    }

    /// What is a person's own.
    pub(super) fn own(person: UserId) -> Self {
        Self::part([], Some(person), None)
    }

    fn part<'o>(
        organizations: impl IntoIterator<Item = &'o OrganizationId>,
        person: Option<UserId>,
        works: Option<UserId>,
    ) -> Self {
        let organizations: Vec<String> =
            organizations.into_iter().map(|id| id.0.to_string()).collect();
        let person = person.map(|id| id.0.to_string()).unwrap_or_default();
        Self::Part(Part { organizations: organizations.join(","), person, works })
    }
}

/// Two requests that nothing comes between on their way: a request is sent when it is first polled, and whoever shares
/// the connection holds `sending` meanwhile. Nobody waits for an answer under the lock.
pub(super) async fn in_a_row<A, B>(
    sending: &Mutex<()>,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let mut both = pin!(join(first, second));
    let sent = std::future::poll_fn(|context| {
        let held = sending.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = both.as_mut().poll(context);
        drop(held);
        Poll::Ready(polled)
    });
    match sent.await {
        Poll::Ready(done) => done,
        Poll::Pending => both.await,
    }
}
