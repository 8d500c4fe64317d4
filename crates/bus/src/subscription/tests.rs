use super::*;

#[test]
fn a_policy_is_tried_six_times_within_minutes() {
    let RetryPolicy(backoff) = RetryPolicy::policy();
    assert_eq!(backoff.attempts, 6);
    assert!(backoff.span() < Duration::from_mins(5), "{:?}", backoff.span());
}

#[test]
fn an_effect_is_tried_ten_times_within_75_hours_and_through_a_day() {
    let RetryPolicy(backoff) = RetryPolicy::effect();
    assert_eq!(backoff.attempts, 10);
    assert!(backoff.span() <= Duration::from_hours(75), "{:?}", backoff.span());
    // Even with the least jitter a receiver may be down for more than a day.
    assert!(backoff.span() / 2 > Duration::from_hours(24), "{:?}", backoff.span());
}

#[test]
fn any_matching_pattern_is_enough_and_none_wants_nothing() {
    let spec = SubscriptionSpec::new("s");
    assert!(!spec.wants("A"));
    let spec = spec.on_type("A").on_prefix("B_");
    assert!(spec.wants("A") && spec.wants("B_C") && !spec.wants("C"));
}
