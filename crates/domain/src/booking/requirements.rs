//! Who a booking needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Checks;

/// Most people of one kind on one booking.
const HEADCOUNT_MAX: u16 = 500;
/// Most entries of a list of roles or skills.
const LIST_MAX: usize = 50;
/// Longest name of a role or skill, in characters.
const NAME_MAX: usize = 100;

words! {
    /// How well a staff member masters a skill.
    #[derive(PartialOrd, Ord)]
    #[expect(missing_docs, reason = "the words say it")]
    pub enum SkillLevel {
        Beginner = "beginner",
        Intermediate = "intermediate",
        Experienced = "experienced",
        Expert = "expert",
    }
}

/// A role to be filled on a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleRequirement {
    /// The role's name.
    #[schemars(length(min = 1, max = NAME_MAX))]
    pub role: String,
    /// How many people.
    #[schemars(range(min = 1, max = HEADCOUNT_MAX))]
    pub count: u16,
    /// Skills that each of them needs.
    #[serde(default)]
    #[schemars(length(max = LIST_MAX), inner(length(min = 1, max = NAME_MAX)))]
    pub skills: Vec<String>,
}

/// Who is needed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StaffRequirements {
    /// How many people, when roles do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = HEADCOUNT_MAX))]
    pub count: Option<u16>,
    /// Roles to be filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = LIST_MAX))]
    pub roles: Option<Vec<RoleRequirement>>,
    /// Skills that the team must cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = LIST_MAX), inner(length(min = 1, max = NAME_MAX)))]
    pub skills: Option<Vec<String>>,
    /// Skills that stand before `skills` when both are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = LIST_MAX), inner(length(min = 1, max = NAME_MAX)))]
    pub special_skills: Option<Vec<String>>,
    /// The least level that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_level: Option<SkillLevel>,
    /// Whether staff are to be assigned automatically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_assign: Option<bool>,
}

impl StaffRequirements {
    /// The skills that the team must cover: the special ones if given, else the plain ones.
    pub fn required_skills(&self) -> &[String] {
        self.special_skills.as_deref().or(self.skills.as_deref()).unwrap_or_default()
    }

    /// Records what breaks a limit, under the path `field`.
    pub(super) fn check(&self, checks: &mut Checks, field: &str) {
        if let Some(count) = self.count {
            checks.between(&format!("{field}.count"), count, 1, HEADCOUNT_MAX);
        }
        let skills = [("skills", &self.skills), ("specialSkills", &self.special_skills)];
        for (name, list) in skills {
            if let Some(list) = list {
                checks.texts(&format!("{field}.{name}"), list, LIST_MAX, NAME_MAX);
            }
        }
        let roles = self.roles.as_deref().unwrap_or_default();
        checks.require(
            roles.len() <= LIST_MAX,
            &format!("{field}.roles"),
            "too_many",
            format_args!("{field}.roles may have at most {LIST_MAX} entries"),
        );
        for (index, role) in roles.iter().enumerate().take(LIST_MAX) {
            let path = format!("{field}.roles[{index}]");
            checks.text(&format!("{path}.role"), &role.role, NAME_MAX);
            checks.between(&format!("{path}.count"), role.count, 1, HEADCOUNT_MAX);
            checks.texts(&format!("{path}.skills"), &role.skills, LIST_MAX, NAME_MAX);
        }
    }
}
