//! Why staff cannot be assigned, as far as the caller may know.

use rishi_domain::id::UserId;
use rishi_domain::permission::Capability;
use rishi_domain::staffing::check::{Code, Finding, Kind};

use crate::auth::Principal;
use crate::error::Busy;

/// What speaks against somebody, before it is told.
pub(crate) use rishi_domain::assignment::StaffProblem as Against;

/// A reason against somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The reason.
    pub finding: Finding,
    /// The bookings in the way, as far as the caller may see them.
    pub busy: Vec<Busy>,
}

/// What speaks against somebody in a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffProblem {
    /// Who.
    pub staff_id: UserId,
    /// As what.
    pub role: String,
    /// Every reason.
    pub reasons: Vec<Reason>,
}

/// The same in the caller's eyes.
pub(crate) fn problem(principal: &Principal, against: Against) -> StaffProblem {
    let reasons = against.findings.into_iter().map(|finding| reason(principal, finding)).collect();
    StaffProblem { staff_id: against.staff_id, role: against.role, reasons }
}

/// A reason in the caller's eyes.
pub(super) fn reason(principal: &Principal, finding: Finding) -> Reason {
    let scope = principal.scope(Capability::ReadBookings);
    let busy = finding.shifts.iter().map(|shift| Busy {
        booking_id: scope.covers(shift.organization_id).then_some(shift.booking_id),
        range: shift.range,
    });
    Reason { busy: busy.collect(), finding }
}

/// Whether nothing but soft reasons is there.
pub fn can_be_overridden(problems: &[StaffProblem]) -> bool {
    reasons(problems).all(|one| one.kind == Kind::Soft)
}

/// Whether every hard reason is about skills: then no other time would help.
pub fn lack_skills_alone(problems: &[StaffProblem]) -> bool {
    let mut hard = reasons(problems).filter(|one| one.kind == Kind::Hard).peekable();
    let skills = [Code::SkillMissing, Code::CertificationExpired];
    hard.peek().is_some() && hard.all(|one| skills.contains(&one.code))
}

fn reasons(problems: &[StaffProblem]) -> impl Iterator<Item = &Finding> {
    problems.iter().flat_map(|problem| &problem.reasons).map(|reason| &reason.finding)
}
