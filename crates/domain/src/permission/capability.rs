//! What can be permitted.

words! {
    /// One kind of action. Reading and writing are apart wherever the table tells them apart.
    pub enum Capability {
        /// See bookings.
        ReadBookings = "read_bookings",
        /// See locations.
        ReadLocations = "read_locations",
        /// Create and change locations.
        WriteLocations = "write_locations",
        /// Create, edit and submit bookings.
        CreateBookings = "create_bookings",
        /// Approve bookings, or reject them.
        ApproveBookings = "approve_bookings",
        /// Confirm, start and complete bookings.
        RunBookings = "run_bookings",
        /// Put bookings on hold and resume them.
        HoldBookings = "hold_bookings",
        /// Cancel bookings.
        CancelBookings = "cancel_bookings",
        /// Assign staff to bookings and release them.
        AssignStaff = "assign_staff",
        /// Accept or decline one's own assignment, check in and out.
        Presence = "presence",
        /// Do the same in somebody's stead.
        OverridePresence = "override_presence",
        /// Declare one's own availability, ask for leave.
        OwnAvailability = "own_availability",
        /// Approve leave, verify certifications.
        ApproveLeave = "approve_leave",
        /// See what people earn.
        SeePayRates = "see_pay_rates",
        /// See staff profiles.
        ReadStaffProfiles = "read_staff_profiles",
        /// Change staff profiles.
        WriteStaffProfiles = "write_staff_profiles",
        /// See people and their memberships.
        ReadUsers = "read_users",
        /// Invite and change people, give and take roles.
        WriteUsers = "write_users",
        /// See an organization.
        ReadOrganizations = "read_organizations",
        /// Create and change organizations.
        WriteOrganizations = "write_organizations",
        /// Change an organization's settings.
        WriteOrganizationSettings = "write_organization_settings",
        /// Set up webhooks and API tokens for an organization.
        ManageIntegrations = "manage_integrations",
        /// See statistics.
        ReadStatistics = "read_statistics",
        /// See amounts of money in statistics.
        SeeMoneyInStatistics = "see_money_in_statistics",
        /// See the event log.
        ReadEvents = "read_events",
        /// See health in detail, subscriptions, dead letters and circuits.
        ReadSystem = "read_system",
        /// Steer subscriptions, dead letters and circuits.
        WriteSystem = "write_system",
    }
}
