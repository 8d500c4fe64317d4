use super::super::facts::sample;
use super::*;

fn reader<'a>(locale: &'a str, timezone: &'a str) -> Reader<'a> {
    Reader { name: "Ada", locale, timezone, organization: "Green Leaf" }
}

fn texts<'a>(title: &'a str, message: &'a str, html: Option<&'a str>) -> Texts<'a> {
    Texts { title, message, html }
}

fn message(template: &str, facts: &Facts) -> Result<String, String> {
    let texts = texts("t", template, None);
    let rendered = render(texts, facts, &reader("en", "UTC"));
    rendered.map(|told| told.message).map_err(|unfit| unfit.what)
}

fn html(template: &str, facts: &Facts) -> String {
    let texts = texts("t", "m", Some(template));
    render(texts, facts, &reader("en", "UTC")).unwrap().html.unwrap()
}

#[test]
fn every_kind_is_told_in_every_language_with_what_its_sample_has() {
    for kind in NotificationKind::ALL {
        let told = Language::ALL.map(|language| {
            let told = built_in(kind, &sample(kind), &reader(language.tag(), "UTC")).unwrap();
            assert!(!told.title.is_empty() && !told.message.is_empty(), "{kind}");
            assert!(!told.message.contains(['{', '}']), "{told:?}");
            told
        });
        assert_ne!(told[0], told[1], "{kind}");
        assert_ne!(told[0], told[2], "{kind}");
    }
}

#[test]
fn times_are_on_the_readers_clock() {
    let kind = NotificationKind::BookingApproved;
    let told = |locale, zone| built_in(kind, &sample(kind), &reader(locale, zone)).unwrap().message;
    assert_eq!(
        told("en-US", "America/Denver"),
        "\"Tasting at the dispensary\" on Fri 3 Jul 2026, 06:00 MDT was approved."
    );
    assert_eq!(
        told("de-CH", "Europe/Zurich"),
        "„Tasting at the dispensary“ am Fr 3. Juli 2026, 14:00 CEST wurde freigegeben."
    );
}

#[test]
fn what_may_be_missing_is_left_out() {
    let kind = NotificationKind::BookingCancelled;
    let booking = sample(kind).values()["booking"].clone();
    let facts = Facts::default().with("booking", booking).with("impact", "high");
    let told = built_in(kind, &facts, &reader("en", "UTC")).unwrap();
    assert!(told.message.ends_with("(impact: high)."), "{}", told.message);
}

#[test]
fn a_value_is_text_and_never_a_template() {
    let facts = Facts::default().with("x", "{{ 7 * 7 }}{% for a in b %}");
    assert_eq!(message("{{ x }}", &facts).unwrap(), "{{ 7 * 7 }}{% for a in b %}");
}

#[test]
fn a_value_in_html_is_never_markup_whatever_the_template_says() {
    let facts = Facts::default().with("x", "<script>'\"&").with("list", vec!["<b>"]);
    let safe = "&lt;script&gt;&#x27;&quot;&amp;";
    assert_eq!(html("<p>{{ x }}</p>", &facts), format!("<p>{safe}</p>"));
    assert_eq!(html("{% autoescape false %}{{ x }}{% endautoescape %}", &facts), safe);
    assert!(!html("{{ list }}", &facts).contains('<'));
    assert!(html("{{ x | e }}", &facts).starts_with("&lt;script&gt;"));
    assert!(!html("{% set y %}{{ x }}{% endset %}{{ y }}", &facts).contains("<script"));
    let texts = texts("t", "m", Some("{{ x | safe }}"));
    let unfit = render(texts, &facts, &reader("en", "UTC")).unwrap_err();
    assert_eq!(unfit.part, "html");
    assert!(unfit.what.contains("safe"), "{}", unfit.what);
}

#[test]
fn what_is_unknown_is_an_error_that_names_it() {
    let facts = sample(NotificationKind::BookingCreated);
    for (template, named) in [
        ("{{ nobody }}", "undefined"),
        ("{{ booking.titel }}", "undefined"),
        ("{{ booking.title | shout }}", "shout"),
        ("{% include 'x' %}", "include"),
        ("{% macro x() %}{% endmacro %}", "macro"),
        ("one\n{{ booking.title", "line 2"),
        ("{{ 'x' | time }}", "time"),
    ] {
        let why = message(template, &facts).unwrap_err();
        assert!(why.contains(named), "{template}: {why}");
    }
}

#[test]
fn time_and_memory_of_a_template_are_bounded() {
    let facts = Facts::default();
    let doubled = format!("{{% set x = 'ab' %}}{}", "{% set x = x ~ x %}".repeat(60));
    for template in [
        "{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999 }}",
        &doubled,
        "{{ 'a' | replace('a', 'a' * 999999) | replace('a', 'a' * 999999) }}",
    ] {
        let why = message(template, &facts).unwrap_err();
        assert!(why.contains("too long") || why.contains("large"), "{why}");
    }
}

#[test]
fn a_title_is_one_line_of_200_characters() {
    let facts = Facts::default().with("x", "a\r\nBcc: eve@example.com\n".repeat(40));
    let told = render(texts("{{ x }}", "m", None), &facts, &reader("en", "UTC")).unwrap();
    assert!(!told.title.contains(['\r', '\n']));
    assert_eq!(told.title.chars().count(), 200);
}
