use super::*;

#[test]
fn only_plain_json_in_utf8_is_json() {
    let headers = |pairs: &[(&'static str, &str)]| {
        let pair = |(name, value): &(&'static str, &str)| {
            (http::HeaderName::from_static(name), value.parse().unwrap())
        };
        is_of_kind(&pairs.iter().map(pair).collect(), "application/json")
    };
    assert!(headers(&[("content-type", "application/json")]));
    assert!(headers(&[("content-type", "Application/JSON; charset=UTF-8")]));
    assert!(headers(&[("content-type", "application/json;charset=\"utf-8\"; x=y")]));
    assert!(!headers(&[]));
    assert!(!headers(&[("content-type", "text/plain")]));
    assert!(!headers(&[("content-type", "application/jsonp")]));
    assert!(!headers(&[("content-type", "application/json; charset=utf-16")]));
    assert!(!headers(&[("content-type", "application/json"), ("content-encoding", "gzip")]));
}
