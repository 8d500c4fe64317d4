//! Whether a booking has the people it needs.

use super::StaffProfile;
use super::check::{matched, required};
use super::team::{Present, headcount, open_places};
use crate::assignment::AssignmentStatus;
use crate::booking::Booking;
use crate::organization::{AutoConfirm, OrganizationSettings};

/// Whether headcount and skills of a booking are met so that it can be confirmed without anybody's
/// doing: every place is taken, the team covers the skills, and all have accepted if the organization
/// wants that. A booking that does not say how many it needs is never said to have enough.
///
/// `profiles` are those of everybody who is on the booking.
pub fn is_staffed(
    booking: &Booking,
    settings: &OrganizationSettings,
    present: &[Present],
    profiles: &[&StaffProfile],
) -> bool {
    let brought = matched(booking, profiles);
    let accepted = |one: &Present| one.status != AssignmentStatus::Assigned;
    headcount(booking) > 0
        && open_places(booking, present).is_empty()
        && required(booking).iter().all(|name| brought.iter().any(|one| one == name))
        && match settings.auto_confirm {
            AutoConfirm::WhenAssigned => true,
            AutoConfirm::WhenStaffConfirmed => present.iter().all(accepted),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::{BookingStatus, RoleRequirement, StaffRequirements};
    use crate::testing::{booking, id, profile};
    use AssignmentStatus::{Assigned, Confirmed, Declined, Released};

    fn needing(needs: StaffRequirements) -> Booking {
        Booking { staff_requirements: Some(needs), ..booking(BookingStatus::Approved) }
    }

    fn hosts(count: u16) -> Booking {
        let role = RoleRequirement { role: "host".to_owned(), count, skills: vec![] };
        needing(StaffRequirements { roles: Some(vec![role]), ..StaffRequirements::default() })
    }

    fn on_it(people: &[(&str, AssignmentStatus)]) -> Vec<Present> {
        let one = |(n, (role, status)): (usize, &(&str, AssignmentStatus))| Present {
            staff_id: id(50 + n as u128),
            role: (*role).to_owned(),
            status: *status,
        };
        people.iter().enumerate().map(one).collect()
    }

    fn staffed(booking: &Booking, auto_confirm: AutoConfirm, present: &[Present]) -> bool {
        let settings = OrganizationSettings { auto_confirm, ..OrganizationSettings::default() };
        is_staffed(booking, &settings, present, &[&profile()])
    }

    #[test]
    fn every_place_must_be_taken() {
        let now = AutoConfirm::WhenAssigned;
        let one = on_it(&[("host", Assigned), ("host", Declined), ("host", Released)]);
        assert!(staffed(&hosts(1), now, &one));
        assert!(!staffed(&hosts(2), now, &one));
        assert!(!staffed(&hosts(1), now, &on_it(&[("driver", Assigned)])));
    }

    #[test]
    fn the_team_must_cover_the_skills() {
        let with = |skill: &str| {
            needing(StaffRequirements {
                count: Some(1),
                skills: Some(vec![skill.to_owned()]),
                ..StaffRequirements::default()
            })
        };
        let one = on_it(&[("host", Assigned)]);
        assert!(staffed(&with("sales"), AutoConfirm::WhenAssigned, &one));
        assert!(!staffed(&with("juggling"), AutoConfirm::WhenAssigned, &one));
    }

    #[test]
    fn all_must_have_accepted_where_the_organization_wants_it() {
        let wanted = AutoConfirm::WhenStaffConfirmed;
        let half = on_it(&[("host", Confirmed), ("host", Assigned)]);
        assert!(staffed(&hosts(2), AutoConfirm::WhenAssigned, &half));
        assert!(!staffed(&hosts(2), wanted, &half));
        let all = on_it(&[("host", Confirmed), ("host", Confirmed), ("host", Declined)]);
        assert!(staffed(&hosts(2), wanted, &all));
    }

    #[test]
    fn a_booking_that_does_not_say_what_it_needs_never_has_enough() {
        let bare = booking(BookingStatus::Approved);
        assert!(!staffed(&bare, AutoConfirm::WhenAssigned, &on_it(&[("host", Confirmed)])));
        assert!(!staffed(&needing(StaffRequirements::default()), AutoConfirm::WhenAssigned, &[]));
    }
}
