//! Who may do what: one table, and the functions that read it.
//!
//! Two axes, never one rank: what a role may do ([`Capability`]), and how far it reaches
//! ([`Reach`]). The table ([`reach`]) is data; the documentation prints it ([`table_markdown`]), the
//! API asks it ([`permits`], [`visible`]), and the client is told what it answers
//! ([`allowed_transitions`]). What no cell allows is forbidden. Grants are the caller's memberships as
//! they stand in the database now, so that a revoked role is gone with the next request.

mod capability;
mod decide;
mod reach;
mod table;
mod transitions;

pub use capability::Capability;
pub use decide::{BookingFacts, Grant, Target, Visibility, permits, permits_everywhere, visible};
pub use reach::Reach;
pub use table::{reach, table_markdown};
pub use transitions::{allowed_transitions, capability_of, permits_transition};

words! {
    /// What a person is in an organization.
    pub enum Role {
        /// Runs the platform.
        SuperAdmin = "super_admin",
        /// Runs the operator's business.
        InternalAdmin = "internal_admin",
        /// Plans and leads work for the organizations served.
        InternalFieldManager = "internal_field_manager",
        /// Staffs and follows work for the organizations served.
        FieldCoordinator = "field_coordinator",
        /// Does the work.
        BrandAgent = "brand_agent",
        /// Books work for a client, and decides there.
        ClientManager = "client_manager",
        /// Drafts bookings for a client.
        ClientUser = "client_user",
    }
}

impl Role {
    /// Whether it is a role for the members of client organizations.
    pub const fn is_client(self) -> bool {
        matches!(self, Self::ClientManager | Self::ClientUser)
    }

    /// Whether it works for client organizations, which its membership then names.
    pub const fn is_field(self) -> bool {
        matches!(self, Self::InternalFieldManager | Self::FieldCoordinator | Self::BrandAgent)
    }
}
