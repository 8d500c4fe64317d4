//! Calendar feeds: bookings that a person has shown to a calendar program, under an address that only
//! that program knows.
//!
//! A feed is made and revoked, never changed. The secret of its address is not part of the entity: it is
//! shown once.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Checks, Invalid};
use crate::id::{CalendarFeedId, LocationId, OrganizationId, TokenId, UserId};

/// Longest name, in characters.
pub const NAME_MAX: usize = 100;

words! {
    /// Whose bookings a feed shows.
    pub enum FeedKind {
        /// Those that its owner works on.
        Person = "person",
        /// Those at a location.
        Location = "location",
        /// Those of an organization.
        Organization = "organization",
    }
}

/// A calendar feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeed {
    /// Its id.
    pub id: CalendarFeedId,
    /// Whose it is: what it shows is what this person may read.
    pub user_id: UserId,
    /// Whose bookings it shows.
    pub kind: FeedKind,
    /// The location, of a location's feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_id: Option<LocationId>,
    /// The organization, of an organization's feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// What calendar programs call it; when absent, the name of what it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The token that made it, if one did: the feed may no more than that, and ends with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<TokenId>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A feed that somebody wants for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateCalendarFeed {
    /// Whose bookings it is to show.
    pub kind: FeedKind,
    /// The location, for a location's feed.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// The organization, for an organization's feed.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
    /// What calendar programs are to call it.
    #[serde(default)]
    #[schemars(length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: Option<String>,
}

impl CreateCalendarFeed {
    /// Refuses what does not belong together.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::new();
        let named = [
            ("locationId", FeedKind::Location, self.location_id.is_some()),
            ("organizationId", FeedKind::Organization, self.organization_id.is_some()),
        ];
        for (field, kind, is_there) in named {
            let wanted = self.kind == kind;
            checks.require(
                is_there || !wanted,
                field,
                "required",
                format_args!("a feed of this kind names its {kind} as {field}"),
            );
            checks.require(
                !is_there || wanted,
                field,
                "unexpected",
                format_args!("only a {kind}'s feed has {field}"),
            );
        }
        if let Some(name) = &self.name {
            checks.heading("name", name, NAME_MAX);
        }
        checks.done()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn codes(command: &CreateCalendarFeed) -> Vec<(String, &'static str)> {
        let errors = command.check().err().map(|invalid| invalid.0).unwrap_or_default();
        errors.into_iter().map(|error| (error.field, error.code)).collect()
    }

    fn feed(kind: FeedKind, location: bool, organization: bool) -> CreateCalendarFeed {
        let id = Uuid::from_u128(1);
        CreateCalendarFeed {
            kind,
            location_id: location.then_some(LocationId(id)),
            organization_id: organization.then_some(OrganizationId(id)),
            name: None,
        }
    }

    #[test]
    fn a_feed_names_what_it_shows_and_nothing_else() {
        assert_eq!(codes(&feed(FeedKind::Person, false, false)), []);
        assert_eq!(codes(&feed(FeedKind::Location, true, false)), []);
        assert_eq!(codes(&feed(FeedKind::Organization, false, true)), []);
        let wrong = codes(&feed(FeedKind::Location, false, true));
        let expected = [("locationId", "required"), ("organizationId", "unexpected")];
        assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code)));
        assert_eq!(codes(&feed(FeedKind::Person, true, false)).len(), 1);
    }

    #[test]
    fn a_name_is_one_that_can_be_shown() {
        for (name, fits) in [("Shifts", true), (" ", false), ("a\u{7}b", false)] {
            let named = CreateCalendarFeed {
                name: Some(name.to_owned()),
                ..feed(FeedKind::Person, false, false)
            };
            assert_eq!(named.check().is_ok(), fits, "{name:?}");
        }
    }
}
