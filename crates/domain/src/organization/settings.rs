//! How an organization wants its bookings handled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Checks;
use crate::money::Money;

/// Hours of a week: no rest or shift rule is longer.
pub(super) const WEEK_HOURS: u16 = 168;
/// Largest headcount.
pub(super) const HEADCOUNT_MAX: u16 = 500;
/// Most reminders of one booking.
pub const REMINDERS_MAX: usize = 10;
/// Earliest reminder, in hours before the start: 30 days.
pub(super) const REMINDER_HOURS_MAX: u16 = 720;
/// Longest wait for an approval, in hours: 30 days.
pub(super) const APPROVAL_HOURS_MAX: u16 = 720;
/// Longest grace, in minutes: a day.
pub(super) const GRACE_MAX: u16 = 1_440;

words! {
    /// What to do about a staff member who declared no availability.
    #[derive(Default)]
    pub enum UnknownAvailability {
        /// Assign without a word.
        Allow = "allow",
        /// Assign only with an override and its reason.
        #[default]
        Warn = "warn",
        /// Do not assign.
        Refuse = "refuse",
    }
}

words! {
    /// When a fully staffed booking confirms itself.
    #[derive(Default)]
    pub enum AutoConfirm {
        /// As soon as headcount and skills are met.
        #[default]
        WhenAssigned = "when_assigned",
        /// Once every assigned staff member has confirmed as well.
        WhenStaffConfirmed = "when_staff_confirmed",
    }
}

/// How an organization wants its bookings handled. Hours are elapsed hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OrganizationSettings {
    /// The rate of last resort, in major units per hour; unset unless the organization sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_hourly_rate: Option<Money>,
    /// About staff who declared no availability.
    pub unknown_availability: UnknownAvailability,
    /// Whether approval starts automatic assignment.
    pub auto_assign: bool,
    /// The largest headcount that automatic assignment takes on.
    #[schemars(range(min = 1, max = HEADCOUNT_MAX))]
    pub auto_assign_max_headcount: u16,
    /// When a booking confirms itself.
    pub auto_confirm: AutoConfirm,
    /// Whether the person who submitted a booking may approve it.
    pub submitter_may_approve: bool,
    /// Least rest between two shifts, in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub min_rest_hours: Option<u16>,
    /// Most hours of work on a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub max_hours_per_day: Option<u16>,
    /// Most hours of work in a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub max_hours_per_week: Option<u16>,
    /// Hours before the start at which staff are reminded.
    #[schemars(length(max = REMINDERS_MAX), inner(range(min = 1, max = REMINDER_HOURS_MAX)))]
    pub reminder_hours_before: Vec<u16>,
    /// Hours that a booking may wait for approval until its managers are reminded. One that begins
    /// in less than twice that time is reminded of half way to its start.
    #[schemars(range(min = 1, max = APPROVAL_HOURS_MAX))]
    pub approval_reminder_hours: u16,
    /// Minutes after the start until a missing check-in is a no-show.
    #[schemars(range(min = 0, max = GRACE_MAX))]
    pub no_show_grace_minutes: u16,
}

impl Default for OrganizationSettings {
    fn default() -> Self {
        Self {
            default_hourly_rate: None,
            unknown_availability: UnknownAvailability::default(),
            auto_assign: false,
            auto_assign_max_headcount: 5,
            auto_confirm: AutoConfirm::default(),
            submitter_may_approve: false,
            min_rest_hours: None,
            max_hours_per_day: None,
            max_hours_per_week: None,
            reminder_hours_before: vec![24, 2],
            approval_reminder_hours: 24,
            no_show_grace_minutes: 15,
        }
    }
}

impl OrganizationSettings {
    /// Records what breaks a limit, under the path `settings`.
    pub(super) fn check(&self, checks: &mut Checks) {
        if let Some(rate) = self.default_hourly_rate {
            checks.require(
                rate >= Money::ZERO,
                "settings.defaultHourlyRate",
                "negative",
                "settings.defaultHourlyRate must not be less than 0",
            );
        }
        let hours = [
            ("settings.minRestHours", self.min_rest_hours),
            ("settings.maxHoursPerDay", self.max_hours_per_day),
            ("settings.maxHoursPerWeek", self.max_hours_per_week),
        ];
        for (field, value) in hours {
            if let Some(value) = value {
                checks.between(field, value, 1, WEEK_HOURS);
            }
        }
        let headcount = self.auto_assign_max_headcount;
        checks.between("settings.autoAssignMaxHeadcount", headcount, 1, HEADCOUNT_MAX);
        checks.require(
            self.reminder_hours_before.len() <= REMINDERS_MAX,
            "settings.reminderHoursBefore",
            "too_many",
            format!("settings.reminderHoursBefore may have at most {REMINDERS_MAX} entries"),
        );
        let reminders = self.reminder_hours_before.iter().enumerate().take(REMINDERS_MAX);
        for (index, hours) in reminders {
            let field = format!("settings.reminderHoursBefore[{index}]");
            checks.between(&field, *hours, 1, REMINDER_HOURS_MAX);
        }
        let approval = self.approval_reminder_hours;
        checks.between("settings.approvalReminderHours", approval, 1, APPROVAL_HOURS_MAX);
        checks.between("settings.noShowGraceMinutes", self.no_show_grace_minutes, 0, GRACE_MAX);
    }
}
