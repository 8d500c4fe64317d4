//! The door of every signed route: no handler behind it runs without a caller.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, header};
use rishi_app::Error;
use rishi_app::auth::{Caller, Recognised};

use super::origin::{Sender, sender};
use super::trail::{Trail, matched};
use crate::client;
use crate::problem::{Code, Problem};
use crate::shared::Shared;

/// Lets a request through with its [`Caller`], or refuses it: with 401, and with 403 when a cookie signs
/// a change that another site may have caused.
pub(crate) async fn sign_in(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let mut request = matched(request);
    let Recognised { principal, renew } = recognise(&shared, request.headers()).await?;
    if let Some(trail) = request.extensions().get::<Arc<Trail>>() {
        trail.sent_by(&principal);
    }
    if principal.session().is_some() && !request.method().is_safe() {
        let public_url = shared.config.public_url.as_deref();
        if sender(request.headers(), public_url) != Sender::Own {
            let detail = "what a cookie signs must come from the platform's own pages; \
                          programs use a token";
            return Err(Problem::new(Code::CrossSite, detail));
        }
    }
    let visitor = client::visitor(&shared, request.headers(), request.extensions());
    let caller = Caller::new(Arc::clone(&principal), visitor);
    request.extensions_mut().insert(caller);
    let secret = if renew { shared.app.renew_session(&principal).await? } else { None };
    let mut response = next.run(request).await;
    // Who has just signed out needs none.
    if let Some(secret) = secret
        && !response.headers().contains_key(header::SET_COOKIE)
        && let Some(cookie) = shared.cookie().give(&secret)
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whom the request's token or cookie stands for. Both at once would leave open who acts.
async fn recognise(shared: &Shared, headers: &HeaderMap) -> Result<Recognised, Problem> {
    let now = shared.app.clock.now();
    let cookie = shared.cookie().shown(headers);
    if !headers.contains_key(header::AUTHORIZATION) {
        let secret = cookie.ok_or(Error::Unauthenticated)?;
        return Ok(shared.authenticator.session(secret, now).await?);
    }
    if cookie.is_some() {
        let detail = "send either the session's cookie or an Authorization header, not both";
        return Err(Problem::new(Code::BadRequest, detail));
    }
    let token = bearer(headers).ok_or(Error::Unauthenticated)?;
    let principal = shared.authenticator.bearer(token, now).await?;
    Ok(Recognised { principal, renew: false })
}

/// The token of the one `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
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
