//! The best team, against trying out every arrangement.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::location::Location;
use crate::organization::OrganizationSettings;
use crate::staffing::check::tests::{booking as plain, person};
use crate::staffing::{Position, Skill};
use crate::testing::{id, location};

/// A booking with these roles, each of which requires the skill of its own name.
fn booking(roles: &[(&str, u16)], team: &[&str]) -> Booking {
    let role =
        |(role, count): &(&str, u16)| json!({ "role": role, "count": count, "skills": [role] });
    let roles: Vec<_> = roles.iter().map(role).collect();
    let needs = json!({ "roles": roles, "skills": team });
    Booking { staff_requirements: Some(serde_json::from_value(needs).unwrap()), ..plain() }
}

/// Somebody who can do these things and lives so many kilometres away: the nearer the better.
fn able(n: u128, skills: &[&str], km: u32) -> Person {
    let mut person = person(n);
    let profile = person.profile.as_mut().unwrap();
    profile.skills = skills
        .iter()
        .map(|name| Skill {
            name: (*name).to_owned(),
            level: crate::booking::SkillLevel::Expert,
            certification: None,
        })
        .collect();
    let north = 40.7128 + f64::from(km) / 111.195;
    profile.home = Some(Position { latitude: north, longitude: -74.006 });
    person
}

fn team_of(booking: &Booking, people: &[Person], present: &[Present]) -> Result<Team, NoTeam> {
    let (location, settings): (Location, _) = (location(), OrganizationSettings::default());
    let work = Work { booking, location: Some(&location), settings: &settings };
    let open = open_places(booking, present);
    best_team(&work, people, present, &open)
}

fn chosen(team: &Team) -> Vec<(UserId, &str)> {
    team.iter().map(|(who, role)| (*who, role.as_str())).collect()
}

#[test]
fn a_full_team_is_found_where_taking_the_best_first_would_leave_a_place_open() {
    // The nearest can do both, the other can only pour: greed would let the nearest pour.
    let booking = booking(&[("pour", 1), ("drive", 1)], &[]);
    let people = [able(1, &["pour", "drive"], 1), able(2, &["pour"], 50)];
    let team = team_of(&booking, &people, &[]).unwrap();
    assert_eq!(chosen(&team), [(id(2), "pour"), (id(1), "drive")]);
}

#[test]
fn of_all_full_teams_the_one_with_the_highest_score_is_taken() {
    let booking = booking(&[("pour", 2)], &[]);
    let people = [able(1, &["pour"], 30), able(2, &["pour"], 10), able(3, &["pour"], 20)];
    let mut who: Vec<_> =
        team_of(&booking, &people, &[]).unwrap().into_iter().map(|one| one.0).collect();
    who.sort_unstable();
    assert_eq!(who, [id(2), id(3)]);
}

#[test]
fn a_skill_of_the_team_is_covered_by_somebody_also_if_others_score_more() {
    let booking = booking(&[("pour", 1)], &["first aid"]);
    let near = able(1, &["pour"], 1);
    assert_eq!(
        team_of(&booking, std::slice::from_ref(&near), &[]).unwrap_err().uncovered,
        ["first aid"]
    );
    let people = [near, able(2, &["pour", "first aid"], 80)];
    assert_eq!(chosen(&team_of(&booking, &people, &[]).unwrap()), [(id(2), "pour")]);
}

#[test]
fn who_is_there_has_a_place_and_brings_skills() {
    let booking = booking(&[("pour", 1), ("drive", 1)], &["first aid"]);
    let present = [Present {
        staff_id: id(9),
        role: "Drive".to_owned(),
        status: AssignmentStatus::Confirmed,
    }];
    assert_eq!(open_places(&booking, &present), ["pour"]);
    let people = [able(9, &["drive", "first aid"], 1), able(1, &["pour"], 1)];
    // Of whom nothing is known, nothing counts.
    let unknown = team_of(&booking, &people[1..], &present).unwrap_err();
    assert_eq!(unknown.uncovered, ["first aid", "drive"]);
    assert_eq!(chosen(&team_of(&booking, &people, &present).unwrap()), [(id(1), "pour")]);
    let gone = [Present { status: AssignmentStatus::Declined, ..present[0].clone() }];
    assert_eq!(open_places(&booking, &gone), ["pour", "drive"]);
}

#[test]
fn places_without_roles_are_for_anybody() {
    let mut booking = plain();
    let needs = json!({ "count": 2 });
    booking.staff_requirements = Some(serde_json::from_value(needs).unwrap());
    assert_eq!(
        (headcount(&booking), open_places(&booking, &[])),
        (2, vec![ANY_ROLE.to_owned(); 2])
    );
    let people = [able(1, &[], 1), able(2, &[], 2)];
    assert_eq!(team_of(&booking, &people, &[]).unwrap().len(), 2);
    booking.staff_requirements = None;
    assert_eq!(headcount(&booking), 0);
}

#[test]
fn places_that_stay_open_are_told_with_what_speaks_against_people() {
    let booking = booking(&[("pour", 2), ("drive", 1)], &[]);
    let mut away = able(2, &["pour"], 1);
    away.serves = false;
    let refused = team_of(&booking, &[able(1, &["pour"], 1), away], &[]).unwrap_err();
    let told: Vec<_> = refused.unfilled.iter().map(|one| (one.role.as_str(), one.places)).collect();
    assert_eq!(told, [("drive", 1), ("pour", 1)]);
    let reasons = &refused.unfilled[0].reasons;
    assert_eq!((reasons["skill_missing"], reasons["not_eligible"]), (1, 1));
    // Nobody is assigned against a soft reason either.
    let mut far = able(3, &["pour", "drive"], 200);
    far.profile.as_mut().unwrap().max_travel_km = Some(10);
    assert!(team_of(&booking, &[far], &[]).is_err());
}

/// The most places that can be filled and the most points that then can be reached, by trying out all.
fn by_trial(
    work: &Work,
    people: &[Person],
    open: &[String],
    taken: &mut Vec<usize>,
) -> (usize, i64) {
    let Some((role, rest)) = open.split_first() else { return (0, 0) };
    let mut best = by_trial(work, people, rest, taken);
    for (at, person) in people.iter().enumerate() {
        if taken.contains(&at) || !check(work, person, role).is_empty() {
            continue;
        }
        taken.push(at);
        let (filled, points) = by_trial(work, people, rest, taken);
        taken.pop();
        #[expect(clippy::cast_possible_truncation, reason = "at most 1000")]
        let own = (score(work, person, role, true).points * 10.0) as i64;
        best = best.max((filled + 1, points + own));
    }
    best
}

proptest! {
    #[test]
    fn no_arrangement_fills_more_or_scores_higher(
        abilities in prop::collection::vec((0_u8..8, 0_u32..90), 0..7),
        pour in 1_u16..3, drive in 0_u16..3, cook in 0_u16..2,
    ) {
        let names = ["pour", "drive", "cook"];
        let roles: Vec<_> = names.into_iter().zip([pour, drive, cook]).filter(|one| one.1 > 0).collect();
        let booking = booking(&roles, &[]);
        let people: Vec<Person> = (1..).zip(&abilities).map(|(n, (bits, km))| {
            let skills: Vec<&str> =
                names.into_iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|one| one.1).collect();
            able(n, &skills, *km)
        }).collect();
        let (location, settings): (Location, _) = (location(), OrganizationSettings::default());
        let work = Work { booking: &booking, location: Some(&location), settings: &settings };
        let open = open_places(&booking, &[]);
        let (filled, points) = by_trial(&work, &people, &open, &mut Vec::new());
        match best_team(&work, &people, &[], &open) {
            Ok(team) => {
                prop_assert_eq!(filled, open.len());
                #[expect(clippy::cast_possible_truncation, reason = "at most 1000")]
                let reached: i64 = team.iter().map(|(who, role)| {
                    let person = people.iter().find(|one| one.id == *who).unwrap();
                    (score(&work, person, role, true).points * 10.0) as i64
                }).sum();
                prop_assert_eq!(reached, points);
            }
            Err(refused) => {
                let open_still: usize = refused.unfilled.iter().map(|one| one.places).sum();
                prop_assert_eq!(open.len() - open_still, filled);
            }
        }
    }
}
