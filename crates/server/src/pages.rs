//! The web application, as files inside the program (`web/dist`, see `build.rs`).
//!
//! Every path that is not a file answers the one page, which then shows what the path names. Files have
//! a hash of their content in their name and may be kept for ever; the page itself is asked for anew
//! each time.

use axum::Router;
use hyper::StatusCode;
use memory_serve::CacheControl;

pub(crate) fn router() -> Router {
    memory_serve::load!()
        .index_file(Some("/index.html"))
        .fallback(Some("/index.html"))
        .fallback_status(StatusCode::OK)
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::Long)
        .into_router()
}
