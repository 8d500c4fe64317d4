//! What an operator said to the platform itself: who stopped, repeated or gave up what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A subscription was told to take no more events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionPaused {
    /// Its name.
    pub subscription: String,
}

/// A paused subscription was told to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionResumed {
    /// Its name.
    pub subscription: String,
}

/// A subscription was told to handle again what it had handled before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionReplayed {
    /// Its name.
    pub subscription: String,
    /// Everything after this position.
    pub after: u64,
}

/// Two subscriptions exchanged what they had reached: what ran beside now runs in front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionsSwapped {
    /// The name of one.
    pub subscription: String,
    /// The name of the other.
    pub with: String,
}

/// A subscription that the program no longer has was removed, with all that it had not handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionForgotten {
    /// Its name.
    pub subscription: String,
}

/// Dead letters were told to be tried again. All that is named holds of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLettersRedriven {
    /// Those of this subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// That of the event at this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Those with this text in their error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Dead letters were given up. All that is named holds of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLettersDiscarded {
    /// Those of this subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// That of the event at this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Those with this text in their error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why nothing more is to be done.
    pub reason: String,
}

/// The oldest events were removed from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventsRetained {
    /// The position of the last one that was removed.
    pub through: u64,
}
