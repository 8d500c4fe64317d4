//! The HTTP API: axum, problem details, OpenAPI, SSE.
