//! A small HTTP client: says what was answered, demands what should have been.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;

use super::cli::text;

/// Speaks to one server as one person.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    cookie: Option<String>,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        // None of these connections uses TLS, but a client wants to know how it would. Whoever was first
        // has said the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Sooner than the server closes what rests, so that no request meets a connection just being closed.
            .pool_idle_timeout(std::time::Duration::from_secs(3))
            .build()
            .expect("a client can be built");
        Self { http, base: base.to_owned(), token: None, cookie: None }
    }

    /// The same connection pool, another person.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), cookie: None, ..self.clone() }
    }

    /// The same connection pool, whoever has this cookie: `name=value`.
    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self { token: None, cookie: Some(cookie.to_owned()), ..self.clone() }
    }

    /// Signs in with a password.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Self {
        let nobody = Self { token: None, cookie: None, ..self.clone() };
        let body = serde_json::json!({ "email": email, "password": password });
        let answer = nobody.post("/api/auth/login", &body).await.is(200);
        nobody.with_cookie(&answer.cookie())
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        demand(self.request(Method::DELETE, path)).await
    }

    /// The same person at a server that was started again, over new connections.
    pub(crate) fn moved_to(&self, base: &str) -> Self {
        Self { token: self.token.clone(), cookie: self.cookie.clone(), ..Self::new(base) }
    }

    pub(crate) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request to be refined and sent with [`send`].
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        // As a browser of the platform's own pages does.
        let request = match &self.cookie {
            Some(cookie) => {
                request.header("Cookie", cookie).header("Sec-Fetch-Site", "same-origin")
            }
            None => request,
        };
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        demand(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        demand(self.request(Method::POST, path).json(body)).await
    }

    /// A POST under an idempotency key.
    pub(crate) async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key);
        demand(request.json(body)).await
    }

    /// A PATCH of the version that the caller has read.
    pub(crate) async fn patch(&self, path: &str, version: u64, body: &Value) -> Answer {
        let request = self.request(Method::PATCH, path).header("If-Match", etag(version));
        demand(request.json(body)).await
    }

    /// Moves a booking on.
    pub(crate) async fn transition(&self, booking: &str, status: &str) -> Answer {
        let path = format!("/api/bookings/{booking}/status");
        self.post(&path, &serde_json::json!({ "status": status })).await
    }
}

/// The entity tag of a version.
pub(crate) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// Sends; a broken connection is an error to be looked at.
pub(crate) async fn send(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer { status, headers, text, body })
}

/// Sends; an answer must come.
pub(crate) async fn demand(request: reqwest::RequestBuilder) -> Answer {
    send(request).await.expect("the server answers")
}

/// What the server said.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The body as JSON; null when it is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// Demands a status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "another status was expected: {self:#?}");
        self
    }

    /// Demands a problem of this status and code, in the one shape that all problems have.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.problem(status);
        assert_eq!(answer.body["code"], code, "another code was expected: {answer:#?}");
        answer
    }

    /// Demands the one shape that all problems have (RFC 9457 and ours).
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:#?}");
        assert_eq!(answer.body["status"], status, "{answer:#?}");
        for field in ["type", "title", "detail", "instance", "code", "requestId"] {
            let text = answer.body[field].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "a problem has `{field}`: {answer:#?}");
        }
        assert_eq!(answer.header("x-request-id"), answer.body["requestId"], "{answer:#?}");
        answer
    }

    /// Whether it was one of these.
    pub(crate) fn is_one_of(&self, statuses: &[u16]) -> bool {
        statuses.contains(&self.status)
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        text(&self.body, "id")
    }

    #[track_caller]
    pub(crate) fn version(&self) -> u64 {
        self.body["version"].as_u64().unwrap_or_else(|| panic!("no version in {self:#?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.get(&name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The cookie that is set, as `name=value`.
    #[track_caller]
    pub(crate) fn cookie(&self) -> String {
        let pair = self.header("set-cookie").split(';').next().unwrap_or_default();
        assert!(pair.contains('='), "a cookie is set: {self:#?}");
        pair.to_owned()
    }

    /// A list in the answer, e.g. `bookings`.
    #[track_caller]
    pub(crate) fn list(&self, plural: &str) -> &Vec<Value> {
        self.body[plural].as_array().unwrap_or_else(|| panic!("no `{plural}` in {self:#?}"))
    }
}
