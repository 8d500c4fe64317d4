//! What happens to locations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::LocationId;
use crate::location::Location;

/// A location was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationCreated {
    /// The location.
    pub location: Location,
}

/// Fields of a location were changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationUpdated {
    /// Which one.
    pub location_id: LocationId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The location afterwards.
    pub location: Location,
}
