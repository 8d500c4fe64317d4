//! Given a person, when the record is made or changed, then its limits hold.

use serde_json::{Value, json};

use super::*;
use crate::testing::{codes, id, now, payload};
use crate::user::{CreateUser, create, email_key};

const GIVEN: fn() -> Given = || Given { now: now(), id: id(7) };

fn make(body: Value) -> Result<Decision<User>, Refusal> {
    create(&GIVEN(), serde_json::from_value::<CreateUser>(body).unwrap())
}

fn ana() -> User {
    make(json!({"email": "Ana@Example.com", "displayName": "Ana"})).unwrap().state
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> Vec<String> {
    match answer {
        Err(Refusal::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

#[test]
fn a_new_person_is_active_and_keeps_the_address_as_typed() {
    let ana = ana();
    assert_eq!((ana.email.as_str(), ana.status), ("Ana@Example.com", UserStatus::Active));
    assert_eq!((ana.locale.as_str(), ana.timezone.as_str(), ana.version), ("en", "UTC", 1));
}

#[test]
fn addresses_are_compared_without_case() {
    assert_eq!(email_key("Ana@Example.COM"), email_key("aNA@example.com"));
    assert_eq!(email_key("JÜRGEN@x.de"), "jürgen@x.de");
}

#[test]
fn an_address_has_one_at_sign_and_no_space() {
    let ask = |email: &str| make(json!({"email": email, "displayName": "A"}));
    for email in ["a@b", "root@localhost", "a+b@c.example", &format!("{}@b", "x".repeat(252))] {
        assert!(ask(email).is_ok(), "{email}");
    }
    for email in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "a@b\u{0}", "a@\u{a0}b"]
    {
        assert_eq!(refused(ask(email)), ["email: invalid_email"], "{email:?}");
    }
    assert_eq!(refused(ask(&format!("{}@b", "x".repeat(253)))), ["email: too_long"]);
}

#[test]
fn limits_hold() {
    let body = json!({"displayName": "\u{1b}[31m", "locale": "e", "timezone": "CET+1"});
    let command = serde_json::from_value(body).unwrap();
    let expected =
        ["displayName: control_character", "locale: invalid_locale", "timezone: unknown_timezone"];
    assert_eq!(refused(edit(&GIVEN(), &ana(), command)), expected);
    for (locale, fine) in [("en-US", true), ("zh-Hant-TW", true), ("en_US", false), ("en-", false)]
    {
        let body = json!({"email": "a@b", "displayName": "A", "locale": locale});
        assert_eq!(make(body).is_ok(), fine, "{locale}");
    }
}

#[test]
fn changes_are_named_and_nothing_new_is_none() {
    let parse = |body| serde_json::from_value(body).unwrap();
    let body = json!({"displayName": "Ana", "status": "disabled"});
    let decision = edit(&GIVEN(), &ana(), parse(body)).unwrap().unwrap();
    let told: UserUpdated = payload(&decision.facts[0]);
    assert_eq!((told.changed, told.user.version), (vec!["status".to_owned()], 2));
    assert!(edit(&GIVEN(), &ana(), parse(json!({"locale": "en"}))).unwrap().is_none());
}
