//! The door of every signed route: no handler behind it runs without a caller.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, header};
use rishi_app::Error;
use rishi_app::auth::Caller;

use super::trail::{Trail, traceparent};
use crate::problem::Problem;
use crate::shared::Shared;

/// Lets a request through with its [`Caller`], or refuses it with 401.
pub(crate) async fn sign_in(
    State(shared): State<Shared>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let token = bearer(request.headers()).ok_or(Error::Unauthenticated)?;
    let principal = shared.authenticator.bearer(token, shared.app.clock.now()).await?;
    let trail = request.extensions().get::<Arc<Trail>>();
    if let Some(trail) = trail {
        trail.sent_by(&principal);
    }
    let caller = Caller {
        principal,
        request_id: trail.map_or_else(|| shared.app.ids.next(), |trail| trail.request_id()),
        traceparent: traceparent(request.headers()),
        idempotency: None,
    };
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// The token of the one `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(values: &[&str]) -> Option<String> {
        let pair = |value: &&str| (header::AUTHORIZATION, value.parse().unwrap());
        let headers: HeaderMap = values.iter().map(pair).collect();
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn a_token_is_taken_from_one_bearer_header_only() {
        assert_eq!(token(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(token(&["bearer  abc "]).as_deref(), Some("abc"));
        assert_eq!(token(&[]), None);
        assert_eq!(token(&["abc"]), None);
        assert_eq!(token(&["Basic abc"]), None);
        assert_eq!(token(&["Bearer abc", "Bearer abc"]), None);
    }
}
