//! Staffing: who may work, and the use cases in the files beside, named by their verbs.
//!
//! Cast: [`StaffingQueries`] is what they ask the engine; `Standing` says how a caller stands to a
//! staff member; [`AssignmentStep`] is what can be done with an assignment. Whose a staff member is follows from memberships: an organization may use those who do
//! field work in it or serve it.

use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::membership::Membership;
use rishi_domain::permission::{Capability, Reach, reach};
use rishi_domain::staffing::StaffProfile;
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::Principal;

mod assign;
mod auto_assign;
pub(crate) mod best_team;
mod candidates;
mod directory;
pub mod optimize;
mod past;
pub(crate) mod people;
mod port;
pub(crate) mod problems;
mod profiles;
mod steps;
mod utilization;

pub(crate) use assign::TRIES;
pub use auto_assign::AutoAssigned;
pub use candidates::{Candidate, CandidateFilter, Candidates, Fit, PastMoment};
pub use port::{PeopleQuery, PersonRecord, StaffFilter, StaffRecord, StaffingQueries};
pub use problems::{Reason, StaffProblem, can_be_overridden, lack_skills_alone};
pub use steps::AssignmentStep;
pub use utilization::{StaffUtilization, Worked};

const SOURCE: &str = "rishi/staffing";

/// A staff member as a caller sees one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffView {
    /// The person's name.
    pub display_name: String,
    /// The profile; pay is absent when unknown or not for the caller to see.
    #[serde(flatten)]
    pub profile: StaffProfile,
}

impl StaffView {
    fn new(display_name: String, mut profile: StaffProfile, standing: Standing) -> Self {
        if !standing.sees_pay {
            profile.default_hourly_rate = None;
        }
        Self { display_name, profile }
    }
}

/// How a caller stands to a staff member.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
struct Standing {
    /// May see the profile.
    reads: bool,
    /// May change the profile.
    writes: bool,
    /// May change it as somebody who manages staff, pay and status included.
    manages: bool,
    /// May verify certifications.
    verifies: bool,
    /// May see what the person earns.
    sees_pay: bool,
}

impl Standing {
    fn of(principal: &Principal, user: UserId, organizations: &[OrganizationId]) -> Self {
        let oneself = |capability| {
            let grants = principal.grants();
            user == principal.user_id()
                && grants.iter().any(|grant| reach(grant.role, capability) == Reach::Oneself)
        };
        let reaches = |capability| {
            let scope = principal.scope(capability);
            scope.covers_everything() || organizations.iter().any(|one| scope.covers(*one))
        };
        let manages = reaches(Capability::WriteStaffProfiles);
        Self {
            reads: reaches(Capability::ReadStaffProfiles) || oneself(Capability::ReadStaffProfiles),
            writes: manages || oneself(Capability::WriteStaffProfiles),
            manages,
            verifies: reaches(Capability::ApproveLeave),
            sees_pay: reaches(Capability::SeePayRates) || oneself(Capability::SeePayRates),
        }
    }
}

/// The organizations that a person does field work for: those that may use the person.
pub fn works_for(memberships: &[Membership]) -> Vec<OrganizationId> {
    let field = memberships.iter().filter(|one| one.role.is_field());
    let mut organizations: Vec<_> =
        field.flat_map(|one| one.serves.iter().copied().chain([one.organization_id])).collect();
    organizations.sort_unstable();
    organizations.dedup();
    organizations
}
