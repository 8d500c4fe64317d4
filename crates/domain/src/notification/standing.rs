//! How an address stands that mail is sent to: after some permanent failures in a row nothing goes there any
//! more, until somebody says that it is good again or the person has another.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::decision::Decision;
use crate::event::{Fact, MailAddressReset, MailAddressUndeliverable, Unwritable};
use crate::id::UserId;
use crate::time::to_microsecond;

/// So many permanent failures in a row make an address one that nothing is sent to.
pub const PERMANENT_FAILURES_MAX: u32 = 3;

/// How a person's address stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MailAddress")]
pub struct MailStanding {
    /// Whose.
    pub user_id: UserId,
    /// The address.
    pub email: String,
    /// How often in a row it was refused for good.
    pub failures: u32,
    /// Whether nothing is sent there any more.
    pub undeliverable: bool,
    /// Why it was refused last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was refused last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
    /// What was refused last: several notifications may have been one mail.
    #[serde(skip)]
    pub last_cause: Option<Uuid>,
    /// How often this was written down; 0 for what never was.
    #[serde(skip)]
    pub version: u64,
}

/// One attempt to send somebody something came to this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<'a> {
    /// What led to the attempt.
    pub cause: Uuid,
    /// What was answered.
    pub reason: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

impl MailStanding {
    /// How an address stands that nothing is known about.
    pub fn unknown(user_id: UserId, email: &str) -> Self {
        Self {
            user_id,
            email: email.to_owned(),
            failures: 0,
            undeliverable: false,
            reason: None,
            failed_at: None,
            last_cause: None,
            version: 0,
        }
    }

    /// The same of the address that the person has now: what was known of another does not count.
    #[must_use]
    pub fn of_address(self, email: &str) -> Self {
        if self.email == email {
            return self;
        }
        Self { version: self.version, ..Self::unknown(self.user_id, email) }
    }
}

/// The address was refused for good; nothing when that attempt was counted already. With the last failure that
/// there may be, nothing is sent there any more.
pub fn refused(
    before: &MailStanding,
    refused: &Refused<'_>,
) -> Result<Option<(MailStanding, Vec<Fact>)>, Unwritable> {
    if before.last_cause == Some(refused.cause) {
        return Ok(None);
    }
    let failures = before.failures.saturating_add(1);
    let undeliverable = before.undeliverable || failures >= PERMANENT_FAILURES_MAX;
    let state = MailStanding {
        failures,
        undeliverable,
        reason: refused.reason.map(str::to_owned),
        failed_at: Some(to_microsecond(refused.at)),
        last_cause: Some(refused.cause),
        version: before.version + 1,
        ..before.clone()
    };
    let mut facts = Vec::new();
    if undeliverable && !before.undeliverable {
        let (user_id, reason) = (state.user_id, state.reason.clone());
        facts.push(Fact::new(&MailAddressUndeliverable { user_id, failures, reason })?);
    }
    Ok(Some((state, facts)))
}

/// Something was taken there; nothing when nothing was wrong.
pub fn taken(before: &MailStanding) -> Option<MailStanding> {
    (before.failures > 0).then(|| cleared(before))
}

/// Somebody says that the address is good again; nothing when nothing was wrong.
pub fn reset(before: &MailStanding) -> Result<Option<Decision<MailStanding>>, Unwritable> {
    if before.failures == 0 {
        return Ok(None);
    }
    let fact = Fact::new(&MailAddressReset { user_id: before.user_id })?;
    Ok(Some(Decision::new(cleared(before), fact)))
}

fn cleared(before: &MailStanding) -> MailStanding {
    MailStanding {
        version: before.version + 1,
        ..MailStanding::unknown(before.user_id, &before.email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(cause: u128) -> Refused<'static> {
        Refused { cause: Uuid::from_u128(cause), reason: Some("550"), at: Timestamp::UNIX_EPOCH }
    }

    fn after(failures: u128) -> MailStanding {
        let mut standing = MailStanding::unknown(UserId(Uuid::nil()), "ana@example.com");
        for cause in 1..=failures {
            standing = refused(&standing, &refusal(cause)).unwrap().unwrap().0;
        }
        standing
    }

    #[test]
    fn the_third_permanent_failure_in_a_row_is_one_too_many_and_told_once() {
        assert!(!after(2).undeliverable);
        let (third, facts) = refused(&after(2), &refusal(3)).unwrap().unwrap();
        assert!(third.undeliverable && facts[0].event_type == "MAIL_ADDRESS_UNDELIVERABLE");
        let (fourth, facts) = refused(&third, &refusal(4)).unwrap().unwrap();
        assert!(fourth.undeliverable && facts.is_empty());
    }

    #[test]
    fn what_was_one_mail_counts_once() {
        assert_eq!(refused(&after(2), &refusal(2)).unwrap().map(|(state, _)| state), None);
    }

    #[test]
    fn what_is_taken_or_another_address_begins_anew() {
        assert_eq!(taken(&after(2)).unwrap().failures, 0);
        assert_eq!(taken(&after(0)), None);
        let moved = after(3).of_address("ana@example.org");
        assert!(!moved.undeliverable && moved.failures == 0 && moved.version == 3);
        assert!(after(3).of_address("ana@example.com").undeliverable);
        let decision = reset(&after(3)).unwrap().unwrap();
        assert!(!decision.state.undeliverable && decision.state.version == 4);
        assert!(reset(&after(0)).unwrap().is_none());
    }
}
