use super::*;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn event() -> NewEvent {
    let subject = Subject::new("kettle", Uuid::from_u128(1));
    NewEvent::new(
        Uuid::from_u128(2),
        "KETTLE_BOILED",
        "kitchen",
        subject,
        Timestamp::UNIX_EPOCH,
        raw(r#"{"c":100}"#),
    )
}

#[test]
fn an_event_with_type_source_and_data_may_enter_the_log() {
    assert_eq!(event().check(), Ok(()));
}

#[test]
fn an_event_without_type_source_or_data_object_is_told_so() {
    let broken = |change: fn(&mut NewEvent)| {
        let mut event = event();
        change(&mut event);
        event.check().unwrap_err()
    };
    assert_eq!(broken(|e| e.event_type = "".into()), EventError::NoType);
    assert_eq!(
        broken(|e| e.source = "  ".into()).to_string(),
        "event KETTLE_BOILED needs a source"
    );
    assert!(matches!(broken(|e| e.source = "a\nb".into()), EventError::BadSource { .. }));
    assert!(matches!(
        broken(|e| e.data = raw("[1]")),
        EventError::NotAnObject { field: "data", .. }
    ));
    assert!(matches!(
        broken(|e| e.data = raw("null")),
        EventError::NotAnObject { field: "data", .. }
    ));
    assert!(matches!(
        broken(|e| e.metadata = Some(raw("3"))),
        EventError::NotAnObject { field: "metadata", .. }
    ));
    assert!(matches!(broken(|e| e.schema_version = 0), EventError::NoSchemaVersion { .. }));
}

#[test]
fn a_type_is_a_word_of_capitals() {
    for bad in [
        "boiled",
        "KETTLE BOILED",
        "KETTLE_*",
        "*",
        "1_KETTLE",
        "_KETTLE",
        "KETTLE.BOILED",
        "ÄRGER",
    ] {
        let event = NewEvent { event_type: bad.into(), ..event() };
        assert!(matches!(event.check(), Err(EventError::BadType(_))), "{bad}");
    }
    let long = NewEvent { event_type: "A".repeat(129).into(), ..event() };
    assert!(matches!(long.check(), Err(EventError::BadType(_))));
}

#[test]
fn an_envelope_has_the_names_of_the_api_and_no_empty_fields() {
    let plain = serde_json::to_value(event().into_envelope(9, 3)).unwrap();
    let keys = |value: &serde_json::Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let least = [
        "data",
        "id",
        "position",
        "schemaVersion",
        "source",
        "subject",
        "timestamp",
        "type",
        "version",
    ];
    assert_eq!(keys(&plain), least);
    assert_eq!(plain["position"], 9);
    assert_eq!(plain["version"], 3);
    assert_eq!(plain["data"], serde_json::json!({ "c": 100 }));

    let id = Uuid::from_u128(5);
    let full = event()
        .with_correlation(id)
        .with_causation(id)
        .with_user(id)
        .with_organization(id)
        .with_metadata(raw("{}"))
        .with_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    let full = serde_json::to_value(full.into_envelope(1, 1)).unwrap();
    for key in
        ["correlationId", "causationId", "userId", "organizationId", "metadata", "traceparent"]
    {
        assert!(!full[key].is_null(), "{key}");
    }
}

#[test]
fn an_envelope_reads_back_what_it_writes() {
    let text =
        serde_json::to_string(&event().with_user(Uuid::from_u128(8)).into_envelope(4, 2)).unwrap();
    let back: Envelope = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
}
