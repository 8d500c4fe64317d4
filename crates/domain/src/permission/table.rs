//! The table of permissions.

use std::fmt::Write;

use super::Reach::{
    All, AllButSuperAdmin, Assigned, None, Oneself, Own, OwnBeforeStart, OwnClientRoles, OwnDraft,
    OwnIfTier, Served, ServedAgents, ServedAndOwn,
};
use super::{Capability, Reach, Role};
use crate::organization::Tier::{StaffLeasing, WhiteLabel};

/// A row: what each role may, in the order of [`Role::ALL`].
type Row = (Capability, [Reach; Role::ALL.len()]);

/// White-label clients decide for themselves.
const DECIDES: Reach = OwnIfTier(&[WhiteLabel]);
/// Clients that lease staff, or run the whole platform under their name, place people themselves.
const PLACES: Reach = OwnIfTier(&[StaffLeasing, WhiteLabel]);

/// One row per capability.
// super_admin, internal_admin, internal_field_manager, field_coordinator, brand_agent,
// client_manager, client_user
#[rustfmt::skip]
static TABLE: [Row; Capability::ALL.len()] = [
    (Capability::ReadBookings, [All, All, Served, Served, Assigned, Own, Own]),
    (Capability::ReadLocations, [All, All, Served, Served, Assigned, Own, Own]),
    (Capability::WriteLocations, [All, All, Served, None, None, Own, None]),
    (Capability::CreateBookings, [All, All, Served, None, None, Own, OwnDraft]),
    (Capability::ApproveBookings, [All, All, Served, None, None, DECIDES, None]),
    (Capability::RunBookings, [All, All, Served, Served, None, None, None]),
    (Capability::HoldBookings, [All, All, Served, None, None, None, None]),
    (Capability::CancelBookings, [All, All, Served, None, None, OwnBeforeStart, OwnDraft]),
    (Capability::AssignStaff, [All, All, Served, Served, None, PLACES, None]),
    (Capability::Presence, [None, None, None, None, Assigned, None, None]),
    (Capability::OverridePresence, [All, All, Served, Served, None, None, None]),
    (Capability::OwnAvailability, [None, None, None, None, Assigned, None, None]),
    (Capability::ApproveLeave, [All, All, Served, Served, None, None, None]),
    (Capability::SeePayRates, [All, All, Served, None, Oneself, None, None]),
    (Capability::ReadStaffProfiles, [All, All, Served, Served, Oneself, Own, None]),
    (Capability::WriteStaffProfiles, [All, All, Served, None, Oneself, None, None]),
    (Capability::ReadUsers, [All, All, ServedAndOwn, ServedAndOwn, None, Own, None]),
    (Capability::WriteUsers,
        [All, AllButSuperAdmin, ServedAgents, None, None, OwnClientRoles, None]),
    (Capability::ReadOrganizations,
        [All, All, ServedAndOwn, ServedAndOwn, ServedAndOwn, Own, Own]),
    (Capability::WriteOrganizations, [All, All, None, None, None, None, None]),
    (Capability::WriteOrganizationSettings, [All, All, None, None, None, Own, None]),
    (Capability::ManageIntegrations, [All, All, None, None, None, Own, None]),
    (Capability::ReadStatistics, [All, All, Served, Served, None, Own, Own]),
    (Capability::SeeMoneyInStatistics, [All, All, Served, None, None, Own, None]),
    (Capability::ReadEvents, [All, All, Served, None, None, Own, None]),
    (Capability::ReadSystem, [All, All, None, None, None, None, None]),
    (Capability::WriteSystem, [All, None, None, None, None, None, None]),
];

/// How far `role` may go with `capability`.
pub fn reach(role: Role, capability: Capability) -> Reach {
    let row = TABLE.iter().find(|(row, _)| *row == capability);
    let column = Role::ALL.iter().position(|other| *other == role);
    match (row, column) {
        (Some((_, cells)), Some(column)) => cells[column],
        _ => None,
    }
}

/// The table as Markdown, with a legend, for the documentation.
pub fn table_markdown() -> String {
    let mut page = String::from("| capability |");
    for role in Role::ALL {
        let _ = write!(page, " {role} |");
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(Role::ALL.len()));
    page.push('\n');
    for (capability, cells) in &TABLE {
        let _ = write!(page, "| {capability} |");
        for cell in cells {
            let _ = write!(page, " {cell} |");
        }
        page.push('\n');
    }
    page.push_str(
        "\nA all organizations · R organizations served · O own organization · S own or assigned \
         to · own what is about oneself · – nothing\n",
    );
    page
}

#[cfg(test)]
mod tests;
