//! Which organizations' data a query may touch.

use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::permission::Visibility;

/// What a query for tenant data may see. Only authentication makes one for a caller
/// ([`crate::auth::Principal::scope`]); reactions of the platform itself use [`Scope::system`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    visibility: Visibility,
    user: Option<UserId>,
}

impl Scope {
    pub(crate) fn of(visibility: Visibility, user: UserId) -> Self {
        Self { visibility, user: Some(user) }
    }

    /// Everything: for policies and use cases that have already decided who may.
    pub(crate) fn system() -> Self {
        Self { visibility: Visibility::All, user: None }
    }

    /// The organizations it covers.
    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }

    /// On whose behalf, for data seen only when it is one's own.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// Whether nothing at all lies outside.
    pub fn covers_everything(&self) -> bool {
        self.visibility == Visibility::All
    }

    /// Whether all of an organization's data lies inside.
    pub fn covers(&self, organization: OrganizationId) -> bool {
        match &self.visibility {
            Visibility::All => true,
            Visibility::Organizations { whole, .. } => whole.contains(&organization),
        }
    }

    /// Whether an organization is one whose data, or some of it, the caller sees because of what it
    /// is: the caller may know that it exists.
    pub fn names(&self, organization: OrganizationId) -> bool {
        match &self.visibility {
            Visibility::All => true,
            Visibility::Organizations { whole, own_in, .. } => {
                whole.contains(&organization) || own_in.contains(&organization)
            }
        }
    }

    /// Whether any of an organization's data may lie inside: of those who see what they are assigned
    /// to, that may be anywhere.
    pub fn touches(&self, organization: OrganizationId) -> bool {
        match &self.visibility {
            Visibility::All => true,
            Visibility::Organizations { assigned, .. } => *assigned || self.names(organization),
        }
    }
}
