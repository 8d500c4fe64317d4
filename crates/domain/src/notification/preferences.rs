//! What a person wants to be told by which way, and when not.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NotificationKind;
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, NotificationPreferencesUpdated};
use crate::id::UserId;

/// What a person does not want to be told, by each way of telling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Muted {
    /// Kinds that come into the inbox as read already.
    #[schemars(length(max = 64))]
    pub in_app: Vec<NotificationKind>,
    /// Kinds that are not sent by e-mail.
    #[schemars(length(max = 64))]
    pub email: Vec<NotificationKind>,
}

/// A time of day in which nothing is sent, on the person's clock; it may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHours {
    /// From when on, e.g. `22:00`.
    #[schemars(with = "String", regex(pattern = r"^\d\d:\d\d"))]
    pub from: Time,
    /// Until when.
    #[schemars(with = "String", regex(pattern = r"^\d\d:\d\d"))]
    pub to: Time,
}

impl QuietHours {
    /// When quiet that holds at an instant ends on a clock of that zone; nothing when none does.
    pub fn end(&self, now: Timestamp, zone: &str) -> Option<Timestamp> {
        let local = now.in_tz(zone).ok()?;
        let (time, today) = (local.time(), local.date());
        let over_midnight = self.to <= self.from;
        let quiet = if over_midnight {
            time >= self.from || time < self.to
        } else {
            time >= self.from && time < self.to
        };
        let day = if time < self.to { today } else { today.tomorrow().ok()? };
        let end = day.to_datetime(self.to).in_tz(zone).ok()?.timestamp();
        quiet.then_some(end)
    }
}

/// One mail a day instead of one for each notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Digest {
    /// When it is sent, on the person's clock, e.g. `08:00`.
    #[schemars(with = "String", regex(pattern = r"^\d\d:\d\d"))]
    pub at: Time,
}

impl Digest {
    /// When the next one after an instant is sent, on a clock of that zone.
    pub fn next(&self, now: Timestamp, zone: &str) -> Option<Timestamp> {
        let today = now.in_tz(zone).ok()?.date();
        let days = [Some(today), today.tomorrow().ok()];
        let at = |day: Date| Some(day.to_datetime(self.at).in_tz(zone).ok()?.timestamp());
        days.into_iter().flatten().filter_map(at).find(|due| *due > now)
    }
}

/// A person's preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPreferences {
    /// Whose.
    pub user_id: UserId,
    /// What is not told.
    pub muted: Muted,
    /// When nothing is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// When what would have been mailed is mailed, all of a day at once; each by itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// How often they were set; 0 for those of somebody who never did.
    pub version: u64,
}

/// Preferences to be set, all of them: what is left out is not wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PutPreferences {
    /// What not to tell.
    pub muted: Muted,
    /// When to send nothing.
    pub quiet_hours: Option<QuietHours>,
    /// When to send what has come up in a day, in one mail.
    pub digest: Option<Digest>,
}

impl NotificationPreferences {
    /// Those of somebody who never set any: everything, at any time.
    pub fn unset(user_id: UserId) -> Self {
        let muted = Muted::default();
        Self { user_id, muted, quiet_hours: None, digest: None, version: 0 }
    }

    /// Whether a kind is wanted in the inbox as something new.
    pub fn wants_in_app(&self, kind: NotificationKind) -> bool {
        !self.muted.in_app.contains(&kind)
    }

    /// Until when a mail that is made now is held back, if it is: until the daily mail, which waits for
    /// quiet hours to end as well, or until those do.
    pub fn held_back(&self, now: Timestamp, zone: &str) -> Option<Timestamp> {
        let daily = self.digest.and_then(|digest| digest.next(now, zone));
        let quiet = |at| self.quiet_hours.and_then(|quiet| quiet.end(at, zone));
        match daily {
            Some(daily) => Some(quiet(daily).unwrap_or(daily)),
            None => quiet(now),
        }
    }

    /// Whether a kind is wanted by e-mail.
    pub fn wants_email(&self, kind: NotificationKind) -> bool {
        !self.muted.email.contains(&kind)
    }
}

/// Sets a person's preferences.
pub fn put_preferences(
    before: &NotificationPreferences,
    command: PutPreferences,
) -> Result<Decision<NotificationPreferences>, Refusal> {
    let mut checks = Checks::new();
    let empty = command.quiet_hours.is_some_and(|quiet| quiet.from == quiet.to);
    checks.require(!empty, "quietHours.to", "empty_range", "quiet hours end when they begin");
    checks.done()?;
    let PutPreferences { mut muted, quiet_hours, digest } = command;
    for kinds in [&mut muted.in_app, &mut muted.email] {
        kinds.sort_unstable();
        kinds.dedup();
    }
    let (user_id, version) = (before.user_id, before.version + 1);
    let state = NotificationPreferences { user_id, muted, quiet_hours, digest, version };
    let fact = Fact::new(&NotificationPreferencesUpdated { preferences: state.clone() })?;
    Ok(Decision::new(state, fact))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn quiet(from: &str, to: &str) -> QuietHours {
        QuietHours { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn end(quiet: QuietHours, now: &str) -> Option<String> {
        quiet.end(now.parse().unwrap(), "America/Denver").map(|end| end.to_string())
    }

    #[test]
    fn quiet_hours_are_on_the_persons_clock_and_go_over_midnight() {
        let night = quiet("22:00", "07:00");
        // Denver is six hours behind in July.
        assert_eq!(end(night, "2026-07-03T03:59:00Z"), None, "21:59");
        let morning = Some("2026-07-03T13:00:00Z".to_owned());
        assert_eq!(end(night, "2026-07-03T04:00:00Z"), morning, "22:00 the day before");
        assert_eq!(end(night, "2026-07-03T12:59:59Z"), morning, "06:59");
        assert_eq!(end(night, "2026-07-03T13:00:00Z"), None, "07:00");
        let noon = quiet("12:00", "13:30");
        assert_eq!(end(noon, "2026-07-03T18:10:00Z"), Some("2026-07-03T19:30:00Z".to_owned()));
        assert_eq!(end(noon, "2026-07-03T17:10:00Z"), None);
    }

    #[test]
    fn quiet_hours_over_a_change_of_the_clocks_end_by_the_clock() {
        // 2026-03-08, 02:00 becomes 03:00 in Denver: 07:00 is an hour earlier than the day before.
        let night = quiet("22:00", "07:00");
        assert_eq!(end(night, "2026-03-08T06:00:00Z"), Some("2026-03-08T13:00:00Z".to_owned()));
        let gap = quiet("01:00", "02:30");
        assert_eq!(end(gap, "2026-03-08T08:30:00Z"), Some("2026-03-08T09:30:00Z".to_owned()));
    }

    #[test]
    fn a_daily_mail_goes_at_its_hour_on_the_persons_clock_and_not_in_quiet_hours() {
        let daily = Digest { at: "08:00".parse().unwrap() };
        let next =
            |now: &str| daily.next(now.parse().unwrap(), "America/Denver").unwrap().to_string();
        assert_eq!(next("2026-07-03T13:59:59Z"), "2026-07-03T14:00:00Z");
        assert_eq!(next("2026-07-03T14:00:00Z"), "2026-07-04T14:00:00Z", "that one has gone");
        // The clocks go forward in between.
        assert_eq!(next("2026-03-07T15:00:00Z"), "2026-03-08T14:00:00Z");
        let mut wanted = NotificationPreferences::unset(UserId(Uuid::nil()));
        let held = |wanted: &NotificationPreferences| {
            let now = "2026-07-03T05:00:00Z".parse().unwrap();
            wanted.held_back(now, "America/Denver").map(|until| until.to_string())
        };
        assert_eq!(held(&wanted), None);
        wanted.quiet_hours = Some(quiet("22:00", "09:30"));
        assert_eq!(held(&wanted), Some("2026-07-03T15:30:00Z".to_owned()));
        wanted.digest = Some(daily);
        assert_eq!(held(&wanted), Some("2026-07-03T15:30:00Z".to_owned()), "08:00 is quiet");
        wanted.quiet_hours = None;
        assert_eq!(held(&wanted), Some("2026-07-03T14:00:00Z".to_owned()));
    }

    #[test]
    fn what_is_put_is_all_there_is_and_a_range_is_not_empty() {
        let before = NotificationPreferences::unset(UserId(Uuid::nil()));
        let (created, reminder) =
            (NotificationKind::BookingCreated, NotificationKind::BookingReminder);
        let command = PutPreferences {
            muted: Muted { in_app: vec![], email: vec![reminder, created, reminder] },
            ..PutPreferences::default()
        };
        let after = put_preferences(&before, command).unwrap().state;
        assert_eq!(
            (after.muted.email.as_slice(), after.version),
            ([created, reminder].as_slice(), 1)
        );
        assert!(!after.wants_email(created) && after.wants_in_app(created));
        let empty =
            PutPreferences { quiet_hours: Some(quiet("09:00", "09:00")), ..Default::default() };
        assert!(matches!(put_preferences(&before, empty), Err(Refusal::Invalid(_))));
    }
}
