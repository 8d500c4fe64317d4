//! Examples of what happens to staff profiles.

use jiff::civil::date;

use super::{CHANGED, MADE, id};
use crate::booking::SkillLevel;
use crate::event::{CertificationVerified, Example, StaffProfileCreated, StaffProfileUpdated};
use crate::money::Money;
use crate::staffing::{Certification, Position, Skill, StaffProfile, StaffStatus};

fn certification() -> Certification {
    Certification {
        issuer: "State of Colorado".to_owned(),
        issued_on: date(2026, 1, 15),
        expires_on: date(2027, 1, 14),
        verified_by: None,
    }
}

pub(super) fn profile() -> StaffProfile {
    let skill =
        |name: &str, level, certification| Skill { name: name.to_owned(), level, certification };
    StaffProfile {
        user_id: id(9),
        organization_id: id(7),
        status: StaffStatus::Active,
        skills: vec![
            skill("budtender", SkillLevel::Expert, Some(certification())),
            skill("sales", SkillLevel::Intermediate, None),
        ],
        default_hourly_rate: Some(Money::from_minor(2_850)),
        home: Some(Position { latitude: 39.7294, longitude: -104.8319 }),
        max_travel_km: Some(60),
        max_hours_per_day: Some(10),
        max_hours_per_week: Some(40),
        min_rest_hours: Some(11),
        blocked_locations: vec![id(10)],
        phone: Some("+1 303 555 0142".to_owned()),
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

impl Example for StaffProfileCreated {
    fn example() -> Self {
        Self { profile: profile(), changed_by: id(5) }
    }
}

impl Example for StaffProfileUpdated {
    fn example() -> Self {
        let profile =
            StaffProfile { max_travel_km: None, updated_at: CHANGED, version: 2, ..profile() };
        let changed = vec!["maxTravelKm".to_owned()];
        Self { user_id: id(9), changed, profile, changed_by: id(9) }
    }
}

impl Example for CertificationVerified {
    fn example() -> Self {
        let certification = Certification { verified_by: Some(id(5)), ..certification() };
        let mut profile = StaffProfile { updated_at: CHANGED, version: 2, ..profile() };
        profile.skills[0].certification = Some(certification.clone());
        Self {
            user_id: id(9),
            skill: "budtender".to_owned(),
            certification,
            verified_by: id(5),
            profile,
        }
    }
}
