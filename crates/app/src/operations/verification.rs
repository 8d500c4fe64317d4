//! Is the log what was written, and are the bookings what it tells? One proof, for the operator at the command line and
//! for a caller who may see the system, beside a platform that goes on working.
//!
//! Guarantee: nothing is changed. The first thing that does not fit is named; what comes after rests on it.

use rishi_bus::verify::{Report, VerifyError, verify};
use rishi_bus::{Checkpoint, LedgerError, Position};
use schemars::JsonSchema;
use serde::Serialize;

use super::audit::{AuditError, Audited};
use super::may_read;
use crate::auth::Principal;
use crate::{App, Error};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VerifiedPart {
    /// The chain of the log, the versions of its subjects, and how far each subscription has come.
    Log,
    /// The bookings and their assignments, against their events.
    Bookings,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerificationProgress {
    /// With what.
    pub part: VerifiedPart,
    /// Events or bookings that were looked at.
    pub done: u64,
    /// Of how many.
    pub total: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// Whether everything fits.
    pub valid: bool,
    /// What was verified, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// What does not fit, if not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misfit: Option<VerificationMisfit>,
}

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verified {
    /// The end of the log with its hash. Kept elsewhere, it proves later that nothing before it was changed: see
    /// `rishi events verify --against`.
    pub checkpoint: String,
    /// Events in the chain.
    pub events: u64,
    /// Subjects that they are about.
    pub subjects: u64,
    /// Subscriptions that are true to it.
    pub subscriptions: u64,
    /// Bookings that are as their events tell.
    pub bookings: u64,
    /// The assignments on them.
    pub assignments: u64,
    /// Bookings that could not be compared: events were removed, or are of a newer version.
    pub unchecked: u64,
    /// Subscriptions of this program that the database does not have.
    pub unregistered: Vec<String>,
}

/// The first thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerificationMisfit {
    /// What was looked at.
    pub part: VerifiedPart,
    /// Where in the log, as far as it is a place there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What is wrong.
    pub what: String,
}

/// Why there is no proof.
#[derive(Debug)]
pub enum Unproven {
    /// Something does not fit.
    Misfit(VerificationMisfit),
    /// The log, or how a subscription stands, cannot be read.
    Log(LedgerError),
    /// The bookings cannot be read.
    Bookings(Error),
}

impl From<VerifyError> for Unproven {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Fault(fault) => {
                let (position, what) = (Some(fault.position()), fault.to_string());
                Self::Misfit(VerificationMisfit { part: VerifiedPart::Log, position, what })
            }
            VerifyError::Ledger(error) => Self::Log(error),
        }
    }
}

impl From<AuditError> for Unproven {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Misfit(misfit) => {
                let (position, what) = (misfit.position, misfit.to_string());
                Self::Misfit(VerificationMisfit { part: VerifiedPart::Bookings, position, what })
            }
            AuditError::Unread(error) => Self::Bookings(error),
        }
    }
}

impl App {
    /// Proves the log, up to `head` and against what was kept of it, then the bookings. `progress` is told how far it
    /// has come.
    pub async fn prove(
        &self,
        against: Option<Checkpoint>,
        head: Position,
        progress: &mut (dyn FnMut(VerificationProgress) + Send),
    ) -> Result<(Report, Audited), Unproven> {
        let mut at = |part, done, total| progress(VerificationProgress { part, done, total });
        let read = &mut |position| at(VerifiedPart::Log, position, head.max(position));
        let report = verify(&*self.desk, against, read).await?;
        let compared = &mut |done, total| at(VerifiedPart::Bookings, done, total);
        Ok((report, self.audit(compared).await?))
    }

    /// The same for a caller who may see the system.
    pub async fn verify(
        &self,
        principal: &Principal,
        head: Position,
        progress: &mut (dyn FnMut(VerificationProgress) + Send),
    ) -> Result<Verification, Error> {
        may_read(principal)?;
        let (report, audited) = match self.prove(None, head, progress).await {
            Ok(proven) => proven,
            Err(Unproven::Misfit(misfit)) => {
                return Ok(Verification { valid: false, verified: None, misfit: Some(misfit) });
            }
            Err(Unproven::Log(error)) => return Err(error.into()),
            Err(Unproven::Bookings(error)) => return Err(error),
        };
        let verified = Verified {
            checkpoint: report.head.to_string(),
            events: report.events,
            subjects: report.subjects as u64,
            subscriptions: report.subscriptions as u64,
            bookings: audited.bookings,
            assignments: audited.assignments,
            unchecked: audited.unchecked,
            unregistered: self.unregistered().await?,
        };
        Ok(Verification { valid: true, verified: Some(verified), misfit: None })
    }
}
