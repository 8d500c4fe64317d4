use axum::body::to_bytes;
use rishi_app::Error;
use rishi_app::error::Busy;
use rishi_domain::booking::BookingStatus;
use rishi_domain::error::Invalid;
use rishi_domain::id::BookingId;
use rishi_domain::time::TimeRange;
use serde_json::json;
use uuid::Uuid;

use super::*;

async fn sent(response: impl IntoResponse) -> (Response, Value) {
    let mut response = response.into_response();
    let uri = Uri::from_static("/api/bookings?search=secret");
    render(&mut response, &uri, "job-7");
    let body = std::mem::replace(response.body_mut(), Body::empty());
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (response, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_refusal_has_every_member_that_a_problem_has() {
    let errors = vec![FieldError::new("title", "required", "title must not be blank")];
    let (response, body) = sent(Problem::from(Error::Invalid(Invalid(errors)))).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(
        body,
        json!({
            "type": "/problems/validation_failed",
            "title": "The request breaks rules",
            "status": 400,
            "detail": "title must not be blank",
            "instance": "/api/bookings",
            "code": "validation_failed",
            "requestId": "job-7",
            "errors": [{ "field": "title", "code": "required", "message": "title must not be blank" }],
        })
    );
}

#[tokio::test]
async fn a_conflict_names_what_the_caller_may_see_and_a_bare_range_for_the_rest() {
    let instant = |text: &str| text.parse().unwrap();
    let range = TimeRange::new(instant("2027-01-01T10:00:00Z"), instant("2027-01-01T12:00:00Z"));
    let range = range.unwrap();
    let seen = Busy { booking_id: Some(BookingId(Uuid::from_u128(9))), range };
    let hidden = Busy { booking_id: None, range };
    let (_, body) = sent(Problem::from(Error::LocationConflict(vec![seen, hidden]))).await;
    let bare = json!({ "start": "2027-01-01T10:00:00Z", "end": "2027-01-01T12:00:00Z" });
    assert_eq!(body["code"], "location_conflict");
    assert_eq!(body["conflicts"][0]["bookingId"], Uuid::from_u128(9).to_string());
    assert_eq!(body["conflicts"][1], bare);
    assert_eq!(body["busy"], json!([bare]));
}

#[tokio::test]
async fn a_refused_step_names_both_states_and_the_allowed_ones() {
    let error = Error::InvalidTransition {
        from: BookingStatus::Draft,
        to: BookingStatus::Completed,
        allowed: vec![BookingStatus::PendingApproval, BookingStatus::Cancelled],
    };
    let (response, body) = sent(Problem::from(error)).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!((&body["from"], &body["to"]), (&json!("draft"), &json!("completed")));
    assert_eq!(body["allowed"], json!(["pending_approval", "cancelled"]));
}

#[tokio::test]
async fn a_fault_of_ours_tells_nothing_of_its_cause() {
    let (response, body) = sent(Problem::from(Error::Internal("SELECT secret".into()))).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.to_string().contains("SELECT"), "{body}");
    let (response, body) = sent(Problem::from(Error::Unavailable("disk /dev/sda1".into()))).await;
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    assert!(!body.to_string().contains("sda1"), "{body}");
}

#[tokio::test]
async fn an_unauthenticated_caller_is_told_how_to_sign_in() {
    let (response, body) = sent(Problem::from(Error::Unauthenticated)).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(body["code"], "unauthenticated");
}

#[tokio::test]
async fn a_bare_status_becomes_a_problem_and_keeps_its_headers() {
    let bare = (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]);
    let (response, body) = sent(bare).await;
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
    assert_eq!(body["code"], "method_not_allowed");
    assert_eq!(body["status"], 405);
}

#[test]
fn an_answer_with_a_body_stays_as_it_is() {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, "{}").into_response();
    render(&mut response, &Uri::from_static("/readyz"), "job-7");
    assert_eq!(axum::body::HttpBody::size_hint(response.body()).exact(), Some(2));
}

#[test]
fn every_code_is_a_word_of_its_own() {
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len());
    for code in Code::ALL {
        let expected = code.status();
        assert_eq!(Code::of_status(expected).status(), expected_bare(expected), "{code:?}");
    }
}

/// Statuses that only our own code answers with stand for no code of their own.
fn expected_bare(status: StatusCode) -> StatusCode {
    match status.as_u16() {
        409 | 412 | 422 | 428 | 429 => StatusCode::BAD_REQUEST,
        _ => status,
    }
}
