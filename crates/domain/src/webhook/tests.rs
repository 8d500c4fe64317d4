use super::*;
use crate::decision::Refusal;
use crate::error::Invalid;
use crate::event::{Payload, WebhookEndpointCreated, WebhookEndpointDisabled};
use crate::organization::{Organization, OrganizationStatus};
use crate::testing::{hours_from_now, id, now, organization};

const URL: &str = "https://hooks.example.com/rishi?key=1";

fn given(organization: &Organization) -> Given<'_> {
    Given { now: now(), id: id(30), organization, address: Ok(URL) }
}

fn command() -> CreateWebhook {
    CreateWebhook {
        organization_id: None,
        url: "https://HOOKS.example.com:443/rishi?key=1".to_owned(),
        description: Some("The warehouse".to_owned()),
        event_types: vec!["BOOKING_*".to_owned(), "LEAVE_APPROVED".to_owned()],
        ordered: true,
    }
}

fn made() -> WebhookEndpoint {
    create(&given(&organization()), command()).unwrap().state
}

fn codes(refusal: Refusal) -> Vec<(String, &'static str)> {
    let Refusal::Invalid(Invalid(fields)) = refusal else { panic!("{refusal:?}") };
    fields.into_iter().map(|field| (field.field, field.code)).collect()
}

#[test]
fn a_new_endpoint_is_enabled_and_its_address_has_one_spelling() {
    let decision = create(&given(&organization()), command()).unwrap();
    assert_eq!(decision.state.url, URL);
    assert_eq!((decision.state.status, decision.state.version), (WebhookStatus::Enabled, 1));
    assert_eq!(decision.facts[0].event_type, WebhookEndpointCreated::TYPE);
    let told = decision.facts[0].data.get();
    assert!(told.contains("\"host\":\"hooks.example.com\"") && !told.contains("key=1"), "{told}");
}

#[test]
fn every_broken_rule_is_named() {
    let organization = organization();
    let given = Given { address: Err("it is inside"), ..given(&organization) };
    let command = CreateWebhook {
        description: Some("\u{7}".to_owned()),
        event_types: ["BOOKING_CREATED", "BOOKING_", "NOTHING_*", "booking_*", "*"]
            .map(ToOwned::to_owned)
            .into(),
        ..command()
    };
    let expected = [
        ("url", "forbidden_address"),
        ("description", "control_character"),
        ("eventTypes[1]", "unknown_event_type"),
        ("eventTypes[2]", "unknown_event_type"),
        ("eventTypes[3]", "unknown_event_type"),
    ];
    let found = codes(create(&given, command).unwrap_err());
    let found: Vec<(&str, &str)> = found.iter().map(|(field, code)| (&**field, *code)).collect();
    assert_eq!(found, expected);
    let none = CreateWebhook { event_types: Vec::new(), ..self::command() };
    let found = codes(create(&self::given(&organization), none).unwrap_err());
    assert_eq!(found, [("eventTypes".to_owned(), "required")]);
}

#[test]
fn a_suspended_organization_makes_none() {
    let organization = Organization { status: OrganizationStatus::Suspended, ..organization() };
    let refused = create(&given(&organization), command());
    assert!(matches!(refused, Err(Refusal::OrganizationSuspended)));
}

#[test]
fn disabling_by_hand_has_its_reason_and_enabling_takes_it_away() {
    let organization = organization();
    let status = |status| EditWebhook { status: Some(status), ..EditWebhook::default() };
    let off = edit(&given(&organization), &made(), status(WebhookStatus::Disabled)).unwrap();
    let off = off.unwrap().state;
    assert_eq!((off.disabled_reason, off.version), (Some(DisabledReason::ByHand), 2));
    let same = edit(&given(&organization), &off, status(WebhookStatus::Disabled)).unwrap();
    assert!(same.is_none(), "nothing changed");
    let on = edit(&given(&organization), &off, status(WebhookStatus::Enabled)).unwrap().unwrap();
    assert_eq!((on.state.status, on.state.disabled_reason), (WebhookStatus::Enabled, None));
}

#[test]
fn the_platform_disables_with_its_reasons_in_the_event() {
    let since = Some(hours_from_now(-120));
    let error = Some("no answer within 15 s".to_owned());
    let decision = disable(&made(), DisabledReason::Failing, since, error, now()).unwrap();
    assert_eq!(decision.state.disabled_reason, Some(DisabledReason::Failing));
    assert_eq!(decision.facts[0].event_type, WebhookEndpointDisabled::TYPE);
}

#[test]
fn both_secrets_sign_for_as_long_as_was_said() {
    let until = |hours| {
        let command = RotateSecret { overlap_hours: hours };
        rotate(&made(), command, now()).map(|decision| decision.state.previous_secret_until)
    };
    assert_eq!(until(None).unwrap(), Some(hours_from_now(24)));
    assert_eq!(until(Some(1)).unwrap(), Some(hours_from_now(1)));
    assert_eq!(until(Some(0)).unwrap(), None);
    assert_eq!(codes(until(Some(169)).unwrap_err()), [("overlapHours".to_owned(), "out_of_range")]);
}

#[test]
fn a_host_is_all_that_is_told_of_an_address() {
    for (url, expected) in [
        ("https://example.com/a/b?c#d", "example.com"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("https://[2001:db8::1]/x", "[2001:db8::1]"),
        ("https://example.com?token=1", "example.com"),
    ] {
        assert_eq!(host(url), expected);
    }
}
