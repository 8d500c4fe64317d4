//! Verifying a certification: somebody else has seen the paper.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile::StaffProfile;
use super::validate::NAME_MAX;
use crate::decision::Decision;
use crate::event::{CertificationVerified, Fact, Unwritable};
use crate::id::UserId;
use crate::time::to_microsecond;

/// A certification that somebody has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyCertification {
    /// The skill that it proves.
    #[schemars(length(min = 1, max = NAME_MAX))]
    pub skill: String,
}

/// What [`verify`] needs to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct VerifyGiven {
    /// The present instant.
    pub now: Timestamp,
    /// Who has seen it.
    pub actor: UserId,
}

/// Why a certification is not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is the verifier's own.
    #[error("nobody verifies the own certifications")]
    Oneself,
    /// The profile states no certification for the skill.
    #[error("there is no certification for this skill")]
    Unknown,
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// Decides about a verification; nothing when somebody has verified it already.
pub fn verify(
    given: &VerifyGiven,
    profile: &StaffProfile,
    command: &VerifyCertification,
) -> Result<Option<Decision<StaffProfile>>, VerifyError> {
    if given.actor == profile.user_id {
        return Err(VerifyError::Oneself);
    }
    let key = super::skill_key(&command.skill);
    let mut state = profile.clone();
    let found = state.skills.iter_mut().find(|skill| super::skill_key(&skill.name) == key);
    let (name, certification) = found
        .and_then(|skill| Some((skill.name.clone(), skill.certification.as_mut()?)))
        .ok_or(VerifyError::Unknown)?;
    if certification.verified_by.is_some() {
        return Ok(None);
    }
    certification.verified_by = Some(given.actor);
    let certification = certification.clone();
    state.updated_at = to_microsecond(given.now);
    state.version += 1;
    let payload = CertificationVerified {
        user_id: state.user_id,
        skill: name,
        certification,
        verified_by: given.actor,
        profile: state,
    };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.profile, fact)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{actor, id, now, payload, profile};

    fn decide(
        actor: UserId,
        profile: &StaffProfile,
        skill: &str,
    ) -> Result<Option<Decision<StaffProfile>>, VerifyError> {
        let command = VerifyCertification { skill: skill.to_owned() };
        verify(&VerifyGiven { now: now(), actor }, profile, &command)
    }

    #[test]
    fn somebody_else_verifies_once() {
        let before = profile();
        let decision = decide(actor(), &before, "FORKLIFT").unwrap().unwrap();
        let told: CertificationVerified = payload(&decision.facts[0]);
        assert_eq!((told.skill.as_str(), told.verified_by), ("forklift", actor()));
        assert_eq!(told.certification.verified_by, Some(actor()));
        assert_eq!((&told.profile, told.profile.version), (&decision.state, before.version + 1));
        assert!(decide(id(8), &decision.state, "forklift").unwrap().is_none());
    }

    #[test]
    fn nobody_verifies_the_own_and_nothing_what_is_not_there() {
        let before = profile();
        let own = decide(before.user_id, &before, "forklift");
        assert!(matches!(own, Err(VerifyError::Oneself)));
        for skill in ["sales", "juggling"] {
            assert!(
                matches!(decide(actor(), &before, skill), Err(VerifyError::Unknown)),
                "{skill}"
            );
        }
    }
}
