//! The table against the one that was agreed on, retyped here as text.

use super::*;
use crate::permission::Capability as C;

/// Cells as agreed, in the order of the roles: super admin, internal admin, internal field manager,
/// field coordinator, brand agent, client manager, client user.
const AGREED: &str = "
read bookings, locations        | A | A | R | R | S | O | O
create, edit, submit bookings   | A | A | R | – | – | O | O, own drafts
approve, reject                 | A | A | R | – | – | O if tier 3 | –
confirm, start, complete        | A | A | R | R | – | – | –
hold, resume                    | A | A | R | – | – | – | –
cancel                          | A | A | R | – | – | O before start | own draft
assign, release staff           | A | A | R | R | – | O if tier 1 or 3 | –
accept, decline, check in and out | override A | override A | override R | override R | S | – | –
own availability, leave requests | – | – | – | – | S | – | –
approve leave, verify certifications | A | A | R | R | – | – | –
see pay rates                   | A | A | R | – | own | – | –
staff profiles                  | A | A | R | read R | own | read O | –
users and memberships           | A | A, not super_admin | invite R agents | – | – | O, client roles | –
organizations                   | A | A | – | – | – | settings O | –
webhooks, API tokens for the organization | A | A | – | – | – | O | –
statistics                      | A | A | R | R, no money | – | O | O, no money
events (audit)                  | A | A | R | – | – | O | –
system                          | A | read | – | – | – | – | –
";

/// The agreed words for what the capabilities of a row say about a role.
fn cell(row: &str, role: Role) -> String {
    let of = |capability| reach(role, capability);
    let words = |capability| of(capability).to_string();
    let both = |read, write, prefix: &str| match (of(read), of(write)) {
        (reading, None) if reading != None => format!("{prefix}{reading}"),
        (_, writing) => writing.to_string(),
    };
    match row {
        "read bookings, locations" => {
            assert_eq!(of(C::ReadBookings), of(C::ReadLocations));
            words(C::ReadBookings)
        }
        "create, edit, submit bookings" => match of(C::CreateBookings) {
            OwnDraft => "O, own drafts".to_owned(),
            other => other.to_string(),
        },
        "approve, reject" => words(C::ApproveBookings),
        "confirm, start, complete" => words(C::RunBookings),
        "hold, resume" => words(C::HoldBookings),
        "cancel" => match of(C::CancelBookings) {
            OwnDraft => "own draft".to_owned(),
            other => other.to_string(),
        },
        "assign, release staff" => words(C::AssignStaff),
        "accept, decline, check in and out" => match of(C::OverridePresence) {
            None => words(C::Presence),
            other => format!("override {other}"),
        },
        "own availability, leave requests" => words(C::OwnAvailability),
        "approve leave, verify certifications" => words(C::ApproveLeave),
        "see pay rates" => words(C::SeePayRates),
        "staff profiles" => both(C::ReadStaffProfiles, C::WriteStaffProfiles, "read "),
        "users and memberships" => match of(C::WriteUsers) {
            ServedAgents => "invite R agents".to_owned(),
            other => other.to_string(),
        },
        "organizations" => match (of(C::WriteOrganizations), of(C::WriteOrganizationSettings)) {
            (None, None) => "–".to_owned(),
            (None, settings) => format!("settings {settings}"),
            (organizations, settings) => {
                assert_eq!(organizations, settings);
                organizations.to_string()
            }
        },
        "webhooks, API tokens for the organization" => words(C::ManageIntegrations),
        "statistics" => match (of(C::ReadStatistics), of(C::SeeMoneyInStatistics)) {
            (None, None) => "–".to_owned(),
            (figures, None) => format!("{figures}, no money"),
            (figures, money) => {
                assert_eq!(figures, money);
                figures.to_string()
            }
        },
        "events (audit)" => words(C::ReadEvents),
        "system" => match (of(C::ReadSystem), of(C::WriteSystem)) {
            (All, None) => "read".to_owned(),
            (_, writing) => writing.to_string(),
        },
        other => panic!("no capability for the row {other}"),
    }
}

#[test]
fn every_cell_is_as_agreed() {
    for line in AGREED.trim().lines() {
        let mut cells = line.split('|').map(str::trim);
        let row = cells.next().unwrap();
        let agreed: Vec<_> = cells.collect();
        assert_eq!(agreed.len(), Role::ALL.len(), "{row}");
        for (role, agreed) in Role::ALL.into_iter().zip(agreed) {
            assert_eq!(cell(row, role), agreed, "{row}, {role}");
        }
    }
}

#[test]
fn rows_beyond_the_agreed_ones_are_these() {
    let row = |capability| Role::ALL.map(|role| reach(role, capability).to_string()).join(" | ");
    assert_eq!(row(C::WriteLocations), "A | A | R | – | – | O | –");
    assert_eq!(row(C::ReadUsers), "A | A | R, O | R, O | – | O | –");
    assert_eq!(row(C::ReadOrganizations), "A | A | R, O | R, O | R, O | O | O");
}

#[test]
fn each_capability_has_exactly_one_row_in_the_order_of_the_list() {
    assert_eq!(TABLE.map(|(capability, _)| capability), Capability::ALL);
}

#[test]
fn the_markdown_has_a_line_per_capability_and_a_column_per_role() {
    let page = table_markdown();
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 2 + Capability::ALL.len());
    assert!(rows.iter().all(|row| row.matches('|').count() == Role::ALL.len() + 2));
    let approve = "| approve_bookings | A | A | R | – | – | O if tier 3 | – |";
    assert!(rows.contains(&approve), "{page}");
}
