//! What an event tells of pay, taken out for readers who may not see it.
//!
//! Events hold rates: of assignments and profiles, of an organization as its default, and the costs
//! that add them up. The log keeps them; a reader without `see_pay_rates` toward the event's organization
//! gets the event without those members, but for the rate of what is the reader's own. What a booking has cost is
//! also for those who see money in statistics.

use std::sync::Arc;

use rishi_bus::Envelope;
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::{Capability, Grant, Role, visible};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::Error;
use crate::auth::Principal;
use crate::scope::Scope;

/// Members that tell of somebody's pay.
const RATE: &str = "hourlyRate";
/// A profile's rate, or an organization's of last resort.
const DEFAULT_RATE: &str = "defaultHourlyRate";
/// What a booking has cost.
const COST: &str = "actualCost";
/// Members that add up what people are paid.
const SUMS: [&str; 3] = ["totalHourlyRate", "estimatedTotalCost", "plannedCost"];

/// What a reader may see of pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Eyes {
    /// Whose own rate stays.
    reader: UserId,
    /// Whether the organization's default rate stays.
    default_rate: bool,
    /// Whether what a booking has cost stays.
    costs: bool,
}

/// An event as the reader may see it.
pub(super) fn for_reader(
    principal: &Principal,
    event: Arc<Envelope>,
) -> Result<Arc<Envelope>, Error> {
    let organization = event.organization_id;
    let covers = |capability: Capability| match organization {
        Some(id) => principal.scope(capability).covers(OrganizationId(id)),
        None => principal.may_everywhere(capability),
    };
    seen_by(principal.user_id(), covers, event)
}

/// An event of an organization as those see it who manage the organization's integrations and belong to
/// it: what is sent to an address of its choosing is as much as they could fetch.
pub(crate) fn for_organization(
    organization: &Organization,
    event: Arc<Envelope>,
) -> Result<Arc<Envelope>, Error> {
    let role = match organization.kind {
        OrganizationKind::Internal => Role::InternalAdmin,
        OrganizationKind::Client | OrganizationKind::Partner => Role::ClientManager,
    };
    let organization_id = organization.id;
    let grants = [Grant { organization_id, role, serves: Vec::new(), only: None }];
    let nobody = UserId(Uuid::nil());
    let covers = |capability: Capability| {
        Scope::of(visible(&grants, capability), nobody).covers(organization_id)
    };
    seen_by(nobody, covers, event)
}

/// An event as somebody may see it who has a capability toward the event's organization, or has not.
fn seen_by(
    reader: UserId,
    covers: impl Fn(Capability) -> bool,
    event: Arc<Envelope>,
) -> Result<Arc<Envelope>, Error> {
    let metadata = event.metadata.as_deref().map_or("", RawValue::get);
    if !tells_of_pay(event.data.get()) && !tells_of_pay(metadata) {
        return Ok(event);
    }
    if covers(Capability::SeePayRates) {
        return Ok(event);
    }
    // Who sets an organization's default rate knows it; a person's is another matter.
    let own_settings = event.subject.kind() == "organization";
    let eyes = Eyes {
        reader,
        default_rate: own_settings && covers(Capability::WriteOrganizationSettings),
        costs: covers(Capability::SeeMoneyInStatistics),
    };
    let mut event = Envelope::clone(&event);
    event.data = without_pay(&event.data, eyes)?;
    event.metadata = event.metadata.map(|metadata| without_pay(&metadata, eyes)).transpose()?;
    Ok(Arc::new(event))
}

/// Whether a text can hold any of the members. Most events are let through by this alone.
fn tells_of_pay(text: &str) -> bool {
    ["ourlyRate\"", "estimatedTotalCost\"", "plannedCost\"", "actualCost\""]
        .iter()
        .any(|end| text.contains(end))
}

fn without_pay(text: &RawValue, eyes: Eyes) -> Result<Box<RawValue>, Error> {
    let parsed = serde_json::from_str(text.get());
    let mut value: Value = parsed.map_err(|error| Error::Internal(Box::new(error)))?;
    take_out(&mut value, eyes);
    to_raw_value(&value).map_err(|error| Error::Internal(Box::new(error)))
}

fn take_out(value: &mut Value, eyes: Eyes) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| take_out(item, eyes)),
        Value::Object(members) => {
            let reader = eyes.reader.to_string();
            let own = ["staffId", "userId"]
                .iter()
                .any(|name| members.get(*name) == Some(&Value::from(reader.as_str())))
                || members.get("staff").and_then(|staff| staff.get("id"))
                    == Some(&Value::from(reader.as_str()));
            members.retain(|name, _| match name.as_str() {
                RATE => own,
                DEFAULT_RATE => own || eyes.default_rate,
                COST => eyes.costs,
                name => !SUMS.contains(&name),
            });
            members.values_mut().for_each(|member| take_out(member, eyes));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    /// With or without the right to the default rate and to costs.
    fn seen(value: &Value, default_rate: bool) -> Value {
        let costs = default_rate;
        let eyes = Eyes { reader: UserId(Uuid::from_u128(7)), default_rate, costs };
        let text = to_raw_value(value).unwrap();
        serde_json::from_str(without_pay(&text, eyes).unwrap().get()).unwrap()
    }

    #[test]
    fn rates_and_their_sums_are_taken_out_wherever_they_are() {
        let told = json!({
            "bookingId": 1,
            "assignments": [{ "staffId": 8, "role": "host", "hourlyRate": 31.25 }],
            "totalHourlyRate": 31.25, "estimatedTotalCost": 125, "budget": 99.5, "actualCost": 125,
            "profile": { "defaultHourlyRate": 20 },
        });
        let expected = json!({
            "bookingId": 1,
            "assignments": [{ "staffId": 8, "role": "host" }],
            "budget": 99.5,
            "profile": {},
        });
        assert_eq!(seen(&told, false), expected);
    }

    #[test]
    fn ones_own_rate_stays_and_the_sums_do_not() {
        let me = Uuid::from_u128(7).to_string();
        let other = Uuid::from_u128(8).to_string();
        let told = json!({
            "assignments": [
                { "staffId": me, "hourlyRate": 30 },
                { "staff": { "id": me }, "hourlyRate": 30 },
                { "staffId": other, "hourlyRate": 40 },
            ],
            "totalHourlyRate": 70,
        });
        let expected = json!({
            "assignments": [
                { "staffId": me, "hourlyRate": 30 },
                { "staff": { "id": me }, "hourlyRate": 30 },
                { "staffId": other },
            ],
        });
        assert_eq!(seen(&told, false), expected);
    }

    #[test]
    fn who_sets_the_default_rate_sees_it() {
        let told = json!({ "organization": { "settings": { "defaultHourlyRate": 20 } } });
        assert_eq!(seen(&told, true), told);
        assert_eq!(seen(&told, false), json!({ "organization": { "settings": {} } }));
    }

    #[test]
    fn what_a_booking_has_cost_is_for_those_who_see_money() {
        let told = json!({ "booking": { "actualCost": 114 }, "hourlyRate": 28.5 });
        assert_eq!(seen(&told, true), json!({ "booking": { "actualCost": 114 } }));
        assert_eq!(seen(&told, false), json!({ "booking": {} }));
    }

    #[test]
    fn what_tells_of_no_pay_is_known_by_its_text() {
        assert!(!tells_of_pay(r#"{"title":"the hourlyRate of herons"}"#));
        for member in [RATE, DEFAULT_RATE, COST, SUMS[0], SUMS[1], SUMS[2]] {
            assert!(tells_of_pay(&json!({ member: 1 }).to_string()), "{member}");
        }
    }
}
