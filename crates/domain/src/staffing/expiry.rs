//! Warning in time that certifications end.
//!
//! Warnings are given on the morning of the 30th, the 7th and the last day before a certification's last
//! day, on the person's own clock. Of a profile only the next one is asked for: when it has been given,
//! or when the profile changes, the next one is asked for again.

use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Skill, StaffProfile, StaffStatus};
use crate::event::Expiring;

/// How many days before the last day people are warned.
pub const WARNING_DAYS: [u16; 3] = [30, 7, 1];
/// At what hour of the day.
const MORNING: i8 = 9;

/// A warning to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// When.
    pub due: Timestamp,
    /// About what, in the order of the profile.
    pub expiring: Vec<Expiring>,
}

/// The next warning after an instant, with everything that it is to be given about; nothing for who
/// does not work at present, or when nothing ends that has not been warned of.
pub fn next_warning(profile: &StaffProfile, zone: &TimeZone, after: Timestamp) -> Option<Warning> {
    if profile.status != StaffStatus::Active {
        return None;
    }
    let all = || {
        profile.skills.iter().flat_map(|skill| {
            WARNING_DAYS.iter().filter_map(|days| {
                let expiring = expiring(skill, *days)?;
                Some((morning(expiring.expires_on, *days, zone)?, expiring))
            })
        })
    };
    let due = all().map(|(due, _)| due).filter(|due| *due > after).min()?;
    let expiring = all().filter(|(at, _)| *at == due).map(|(_, expiring)| expiring).collect();
    Some(Warning { due, expiring })
}

/// What of a warning still holds: the person works, and has that certification until that day.
pub fn still_expiring(profile: &StaffProfile, told: Vec<Expiring>) -> Vec<Expiring> {
    let works = profile.status == StaffStatus::Active;
    let holds = |one: &Expiring| {
        let skill = profile.skill(&one.skill);
        works && skill.and_then(|skill| expiring(skill, one.days_left)).as_ref() == Some(one)
    };
    told.into_iter().filter(holds).collect()
}

fn expiring(skill: &Skill, days_left: u16) -> Option<Expiring> {
    let paper = skill.certification.as_ref()?;
    Some(Expiring {
        skill: skill.name.clone(),
        issuer: paper.issuer.clone(),
        expires_on: paper.expires_on,
        days_left,
    })
}

fn morning(day: Date, days_before: u16, zone: &TimeZone) -> Option<Timestamp> {
    let day = day.checked_sub(i32::from(days_before).days()).ok()?;
    let morning = day.to_datetime(time(MORNING, 0, 0, 0)).to_zoned(zone.clone()).ok()?;
    Some(morning.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::staffing::Certification;
    use crate::testing::{now, profile};

    fn denver() -> TimeZone {
        crate::time::zone("America/Denver").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn holding(papers: &[(&str, Date)]) -> StaffProfile {
        let one = |(name, expires_on): &(&str, Date)| Skill {
            name: (*name).to_owned(),
            certification: Some(Certification {
                issuer: "State".to_owned(),
                issued_on: date(2020, 1, 1),
                expires_on: *expires_on,
                verified_by: None,
            }),
            ..profile().skills[0].clone()
        };
        StaffProfile { skills: papers.iter().map(one).collect(), ..profile() }
    }

    fn next(profile: &StaffProfile, after: Timestamp) -> Option<(Timestamp, Vec<(String, u16)>)> {
        let warning = next_warning(profile, &denver(), after)?;
        let told = warning.expiring.into_iter().map(|one| (one.skill, one.days_left)).collect();
        Some((warning.due, told))
    }

    #[test]
    fn warnings_are_given_on_three_mornings_one_after_the_other() {
        let profile = holding(&[("forklift", date(2026, 11, 5))]);
        let told = |days| vec![("forklift".to_owned(), days)];
        // The clocks in Denver go back on the first of November.
        let expected = [
            (at("2026-10-06T15:00:00Z"), told(30)),
            (at("2026-10-29T15:00:00Z"), told(7)),
            (at("2026-11-04T16:00:00Z"), told(1)),
        ];
        let mut after = now();
        for wanted in expected {
            assert_eq!(next(&profile, after).as_ref(), Some(&wanted));
            after = wanted.0;
        }
        assert_eq!(next(&profile, after), None);
    }

    #[test]
    fn one_warning_names_all_that_is_due_that_morning() {
        let papers = [
            ("forklift", date(2026, 8, 10)),
            ("first aid", date(2026, 7, 18)),
            ("pouring", date(2026, 8, 10)),
        ];
        let profile = holding(&papers);
        let (due, told) = next(&profile, now()).unwrap();
        assert_eq!(due, at("2026-07-11T15:00:00Z"));
        let expected = [("forklift", 30), ("first aid", 7), ("pouring", 30)];
        assert_eq!(told, expected.map(|(skill, days)| (skill.to_owned(), days)));
    }

    #[test]
    fn who_does_not_work_or_has_no_certificate_is_not_warned() {
        let papers = [("forklift", date(2026, 8, 10))];
        for status in [StaffStatus::Pending, StaffStatus::Inactive, StaffStatus::Suspended] {
            assert_eq!(next(&StaffProfile { status, ..holding(&papers) }, now()), None);
        }
        assert_eq!(next(&holding(&[]), now()), None);
        assert_eq!(next(&holding(&[("forklift", date(2026, 6, 1))]), now()), None);
    }

    #[test]
    fn a_warning_about_what_was_renewed_or_given_up_holds_no_more() {
        let papers = [("forklift", date(2026, 8, 10)), ("pouring", date(2026, 8, 10))];
        let told = || next_warning(&holding(&papers), &denver(), now()).unwrap().expiring;
        assert_eq!(still_expiring(&holding(&papers), told()), told());
        let renewed = holding(&[("forklift", date(2027, 8, 10)), ("pouring", date(2026, 8, 10))]);
        let left = still_expiring(&renewed, told());
        assert_eq!(left.iter().map(|one| one.skill.as_str()).collect::<Vec<_>>(), ["pouring"]);
        let away = StaffProfile { status: StaffStatus::Inactive, ..holding(&papers) };
        assert!(still_expiring(&away, told()).is_empty());
    }
}
