//! What people earn, taken out of events for readers who may not see it.
//!
//! Events carry rates and costs, because those who plan need them; a client's manager, who reads the
//! own organization's log, must not learn what the operator pays. What is taken out is the member, not
//! the event.

use std::sync::Arc;

use rishi_bus::Envelope;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::Error;
use crate::auth::Principal;

/// How types of events begin that may tell of pay.
const TYPES: [&str; 4] = ["STAFF_", "ASSIGNMENT_", "AUTO_STAFF_", "CERTIFICATION_"];
/// The members that tell of it, at any depth.
const MEMBERS: [&str; 5] =
    ["hourlyRate", "totalHourlyRate", "defaultHourlyRate", "estimatedTotalCost", "plannedCost"];

/// The event in the eyes of a reader.
pub(crate) fn seen(principal: &Principal, event: Arc<Envelope>) -> Result<Arc<Envelope>, Error> {
    if !TYPES.iter().any(|prefix| event.event_type.starts_with(prefix)) {
        return Ok(event);
    }
    let scope = principal.scope(Capability::SeePayRates);
    let owner = event.organization_id.map(OrganizationId);
    if scope.covers_everything() || owner.is_some_and(|owner| scope.covers(owner)) {
        return Ok(event);
    }
    without_pay(&event).map(Arc::new)
}

/// The event without what people earn.
fn without_pay(event: &Envelope) -> Result<Envelope, Error> {
    let mut event = event.clone();
    event.data = stripped(&event.data)?;
    event.metadata = event.metadata.as_deref().map(stripped).transpose()?;
    Ok(event)
}

fn stripped(json: &RawValue) -> Result<Box<RawValue>, Error> {
    let failed = |error: serde_json::Error| Error::Internal(Box::new(error));
    let mut value: Value = serde_json::from_str(json.get()).map_err(failed)?;
    strip(&mut value);
    to_raw_value(&value).map_err(failed)
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !MEMBERS.contains(&name.as_str()));
            members.values_mut().for_each(strip);
        }
        Value::Array(values) => values.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_is_taken_out_at_any_depth_and_nothing_else() {
        let json =
            r#"{"a":[{"hourlyRate":12.5,"role":"host"}],"totalHourlyRate":25,"budget":1250.55}"#;
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        let wanted = r#"{"a":[{"role":"host"}],"budget":1250.55}"#;
        assert_eq!(stripped(&raw).unwrap().get(), wanted);
    }
}
