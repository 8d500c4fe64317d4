use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::response::IntoResponse;

use super::*;

fn limits() -> Limits {
    shared(None)
}

fn shared(allowances: Option<Arc<dyn SharedAllowances>>) -> Limits {
    Limits::new(&RateLimits::default(), &(Arc::new(|| Duration::ZERO) as Elapsed), allowances)
}

#[test]
fn routes_are_counted_by_what_they_do() {
    for (method, route, class) in [
        (Method::GET, "/api/bookings", Class::General),
        (Method::GET, "/api/bookings/{id}", Class::General),
        (Method::GET, "/api/bookings/statistics", Class::General),
        (Method::POST, "/api/bookings", Class::BookingWrites),
        (Method::POST, "/api/bookings/import", Class::BookingWrites),
        (Method::PATCH, "/api/bookings/{id}", Class::BookingWrites),
        (Method::POST, "/api/bookings/{id}/status", Class::BookingWrites),
        (Method::POST, "/api/booking-series", Class::BookingWrites),
        (Method::PATCH, "/api/booking-series/{id}", Class::BookingWrites),
        (Method::POST, "/api/bookings/{id}/staff", Class::Staff),
        (Method::DELETE, "/api/bookings/{id}/staff/{assignmentId}", Class::Staff),
        (Method::POST, "/api/bookings/{id}/staff/{assignmentId}/check-in", Class::Staff),
        (Method::GET, "/api/bookings/{id}/candidates", Class::Staff),
        (Method::POST, "/api/bookings/{id}/auto-assign", Class::Staff),
        (Method::POST, "/api/users", Class::General),
        (Method::GET, "/api/staff", Class::General),
        (Method::GET, "/livez", Class::Probes),
        (Method::GET, "/readyz", Class::Probes),
        (Method::GET, "/metrics", Class::Probes),
        (Method::GET, "/api/docs", Class::General),
        (Method::GET, "", Class::General),
    ] {
        assert_eq!(Class::of(&method, route), class, "{method} {route}");
    }
}

#[tokio::test]
async fn each_class_has_its_own_allowance_and_says_what_is_left() {
    let limits = limits();
    let key = Key::Caller(Uuid::from_u128(1));
    for (class, count, name) in [
        (Class::General, 100, "general"),
        (Class::BookingWrites, 50, "booking-writes"),
        (Class::Staff, 200, "staff"),
        (Class::Probes, 1000, "probes"),
    ] {
        let first = limits.spend(class, key).await.unwrap();
        assert_eq!(first.policy, format!("\"{name}\";q={count};w=60"));
        assert_eq!(
            first.standing,
            format!("\"{name}\";r={};t={}", count - 1, 60_u32.div_ceil(count))
        );
        for _ in 1..count {
            limits.spend(class, key).await.unwrap();
        }
        let problem = limits.spend(class, key).await.unwrap_err();
        assert_eq!(problem.code(), Code::RateLimited);
        let other = Key::Caller(Uuid::from_u128(2));
        assert!(limits.spend(class, other).await.is_ok(), "others go on");
    }
}

#[tokio::test]
async fn a_refusal_says_when_to_come_again() {
    let limits = limits();
    let key = Key::from("192.0.2.1".parse().unwrap());
    for _ in 0..100 {
        limits.spend(Class::General, key).await.unwrap();
    }
    let problem = limits.spend(Class::General, key).await.unwrap_err();
    let mut response = problem.into_response();
    let uri = http::Uri::from_static("/api/bookings");
    crate::problem::render(&mut response, &uri, "job-7");
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["ratelimit"], "\"general\";r=0;t=1");
    assert_eq!(response.headers()["ratelimit-policy"], "\"general\";q=100;w=60");
}

#[test]
fn whoever_has_a_network_of_version_6_has_one_allowance() {
    let key = |text: &str| Key::from(text.parse().unwrap());
    assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
    assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
}

/// Counts for nobody, or has nothing left for anybody.
struct Elsewhere {
    answers: bool,
    asked: std::sync::Mutex<Vec<String>>,
}

#[async_trait]
impl SharedAllowances for Elsewhere {
    async fn spend(&self, key: &str, rate: Rate) -> Option<Result<Allowance, Exceeded>> {
        self.asked.lock().unwrap().push(format!("{key} {}", rate.count));
        self.answers.then_some(Err(Exceeded { retry_after: Duration::from_millis(1_500) }))
    }
}

#[tokio::test]
async fn what_all_processes_count_decides_and_while_it_cannot_each_counts_by_itself() {
    let elsewhere = |answers| Arc::new(Elsewhere { answers, asked: std::sync::Mutex::default() });
    let (away, there) = (elsewhere(false), elsewhere(true));
    let key = Key::Caller(Uuid::nil());
    let limits = shared(Some(there.clone()));
    let refused = limits.spend(Class::Staff, key).await.unwrap_err().into_response();
    assert_eq!(refused.status(), 429);
    let asked = format!("staff:{} 200", Uuid::nil());
    assert_eq!(*there.asked.lock().unwrap(), [asked]);
    assert!(limits.spend(Class::Probes, key).await.is_ok(), "a probe is of one process");
    assert_eq!(limits.shared(), Some([("counted", 1), ("missed", 0)]));
    let limits = shared(Some(away.clone()));
    for _ in 0..100 {
        limits.spend(Class::General, key).await.unwrap();
    }
    assert!(limits.spend(Class::General, key).await.is_err());
    assert_eq!(limits.shared(), Some([("counted", 0), ("missed", 101)]));
}
