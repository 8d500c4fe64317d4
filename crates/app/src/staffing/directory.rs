//! Reading profiles.

use rishi_domain::availability::{Declarations, Standing as Declared};
use rishi_domain::id::UserId;
use rishi_domain::permission::{Capability, Reach, reach};
use rishi_domain::time::TimeRange;

use super::{StaffFilter, StaffRecord, StaffView, Standing};
use crate::auth::Principal;
use crate::scope::Scope;
use crate::store::Listed;
use crate::{App, Error};

impl App {
    /// The profile of a staff member.
    pub async fn staff_member(
        &self,
        principal: &Principal,
        user: UserId,
    ) -> Result<StaffView, Error> {
        let scope = principal.scope(Capability::ReadStaffProfiles);
        let found = self.store.staff_member(&scope, user).await?;
        found.and_then(|record| seen(principal, record)).ok_or(Error::NotFound("staff profile"))
    }

    /// The staff members that the caller may see, by name. Who sees only the own profile gets a
    /// list of one.
    pub async fn staff(
        &self,
        principal: &Principal,
        filter: &StaffFilter,
    ) -> Result<Listed<StaffView>, Error> {
        let capability = Capability::ReadStaffProfiles;
        let reaches =
            |grant: &rishi_domain::permission::Grant| reach(grant.role, capability) != Reach::None;
        if !principal.grants().iter().any(reaches) {
            return Err(Error::Forbidden("read staff profiles"));
        }
        let scope = principal.scope(capability);
        if let Some(organization) = filter.organization
            && !scope.covers(organization)
            && !principal.scope(Capability::ReadOrganizations).names(organization)
        {
            return Err(Error::NotFound("organization"));
        }
        let without = match filter.free {
            Some(range) => self.unavailable(&scope, filter, range).await?,
            None => Vec::new(),
        };
        let found = self.store.staff(&scope, &StaffFilter { without, ..filter.clone() }).await?;
        let found = self.of_existing(filter.organization, found).await?;
        let items = found.items.into_iter().filter_map(|record| seen(principal, record)).collect();
        Ok(Listed { items, total: found.total })
    }
}

impl App {
    /// Of those who match, everybody who is on approved leave in some part of the range, or has declared
    /// not to be available.
    async fn unavailable(
        &self,
        scope: &Scope,
        filter: &StaffFilter,
        range: TimeRange,
    ) -> Result<Vec<UserId>, Error> {
        let people = self.store.staff_ids(scope, filter).await?;
        let declared = self.declarations(&people, &range).await?;
        let away = |(person, declared): (UserId, Declarations)| {
            declared.during(&range).includes(Declared::Unavailable).then_some(person)
        };
        Ok(declared.into_iter().filter_map(away).collect())
    }
}

/// The record in the caller's eyes.
fn seen(principal: &Principal, record: StaffRecord) -> Option<StaffView> {
    let standing = Standing::of(principal, record.profile.user_id, &record.organizations);
    standing.reads.then(|| StaffView::new(record.display_name, record.profile, standing))
}
