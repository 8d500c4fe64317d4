//! Where the limits stand in a request's way. Where they are switched off, neither of these is called.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use rishi_app::auth::Caller;

use super::{Class, Key, Limits};
use crate::middleware::Trail;
use crate::problem::Problem;

/// Spends the allowance of who is signed in: behind sign-in.
pub(crate) async fn by_caller(
    State(limits): State<Arc<Limits>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = request.extensions().get::<Caller>().map(|caller| Key::of(&caller.principal));
    spend(&limits, key, request, next).await
}

/// Spends the allowance of the client's address: where nobody is signed in.
pub(crate) async fn by_address(
    State(limits): State<Arc<Limits>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let trail = request.extensions().get::<Arc<Trail>>();
    let key = trail.map(|trail| Key::from(trail.address()));
    spend(&limits, key, request, next).await
}

async fn spend(
    limits: &Limits,
    key: Option<Key>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    // The frame and sign-in stand before this: there is always a key.
    let Some(key) = key else { return Ok(next.run(request).await) };
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let standing = limits.spend(Class::of(request.method(), route), key).await?;
    let mut response = next.run(request).await;
    standing.put(response.headers_mut());
    Ok(response)
}
