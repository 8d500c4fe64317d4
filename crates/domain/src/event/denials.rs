//! Requests that were refused for want of a right. Few events tell of many refusals, so that whoever
//! is refused often does not fill the log.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::UserId;

words! {
    /// Why a request was refused.
    pub enum DenialReason {
        /// Its token or session was not, or no longer, good.
        Unauthenticated = "unauthenticated",
        /// The caller may not do this.
        Forbidden = "forbidden",
        /// Another site made a browser send it.
        CrossSite = "cross_site",
    }
}

/// Requests of one caller, or of one address where nobody was signed in, were refused. The first is
/// told at once, those of the minute after it together. Its subject is the person; the nil id where
/// nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessDenied {
    /// Why.
    pub reason: DenialReason,
    /// Method and path as declared, such as `PATCH /api/bookings/{id}`; absent where there were too
    /// many different ones to tell them apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Who, when somebody was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// How many.
    pub count: u64,
    /// When the first of them was refused.
    pub first_at: Timestamp,
    /// When the last of them was refused.
    pub last_at: Timestamp,
}
