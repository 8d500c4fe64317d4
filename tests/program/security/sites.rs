//! What another web site makes a signed-in browser send is refused, and nothing has changed.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::{Answer, Client, World, booking};

const PASSWORD: &str = "correct horse battery staple";

/// A person with a password and a signed-in browser.
struct Browser {
    world: World,
    client: Client,
    cookie: String,
    database: Database,
}

impl Browser {
    async fn new() -> Self {
        let world = World::new().await;
        let email = "browser@example.com";
        let role = "client_manager";
        world.home.add_user_with(email, PASSWORD, role, Some(&world.organization));
        let client = Client::new(&world.server.base);
        let cookie = sign_in(&client, email, PASSWORD).await.is(200).cookie();
        world.settle().await;
        let database = Database::of(&world.home);
        Self { world, client, cookie, database }
    }

    /// A new booking, signed by the cookie.
    fn post(&self) -> RequestBuilder {
        let body = booking(&self.world.organization, None, 1, 2);
        let request = self.client.request(Method::POST, "/api/bookings");
        request.header("Cookie", &self.cookie).json(&body)
    }

    async fn refuses(&self, case: &str, code: &str, request: RequestBuilder) -> Answer {
        let before = self.database.state();
        let answer = demand(request).await;
        assert_eq!(answer.body["code"], code, "{case}: {answer:#?}");
        assert_eq!(self.database.state(), before, "{case} has changed something");
        answer
    }
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    client.post("/api/auth/login", &body).await
}

#[tokio::test]
async fn what_a_cookie_signs_must_come_from_the_platforms_own_pages() {
    let browser = Browser::new().await;
    let base = browser.world.server.base.clone();
    let with = |pairs: &[(&str, &str)]| {
        pairs.iter().fold(browser.post(), |request, (name, value)| request.header(*name, *value))
    };
    for (case, pairs) in [
        ("nothing is said", &[][..]),
        ("another site", &[("Sec-Fetch-Site", "cross-site")]),
        ("a sibling host", &[("Sec-Fetch-Site", "same-site")]),
        ("no page at all", &[("Sec-Fetch-Site", "none")]),
        ("another origin", &[("Origin", "https://evil.example")]),
        ("a sandbox", &[("Origin", "null")]),
        ("another port", &[("Origin", "http://127.0.0.1:1")]),
        ("a referrer instead", &[("Referer", base.as_str())]),
        ("two minds", &[("Sec-Fetch-Site", "cross-site"), ("Origin", base.as_str())]),
    ] {
        let answer = browser.refuses(case, "cross_site", with(pairs)).await;
        answer.problem(403);
    }
    demand(with(&[("Sec-Fetch-Site", "same-origin")])).await.is(201);
    demand(with(&[("Origin", &base)])).await.is(201);
    // Reading needs none of it.
    let read =
        browser.client.request(Method::GET, "/api/auth/me").header("Cookie", &browser.cookie);
    demand(read).await.is(200);
}

#[tokio::test]
async fn cross_site_forms_are_refused_whatever_they_claim() {
    let browser = Browser::new().await;
    let body = booking(&browser.world.organization, None, 1, 2).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    {
        let request = browser.client.request(Method::POST, "/api/bookings");
        let request = request.header("Cookie", &browser.cookie).header("Content-Type", kind);
        let foreign = request.body(body.clone()).header("Sec-Fetch-Site", "cross-site");
        browser.refuses(kind, "cross_site", foreign).await;
        let request = browser.client.request(Method::POST, "/api/bookings");
        let request = request.header("Cookie", &browser.cookie).header("Content-Type", kind);
        let own = request.body(body.clone()).header("Sec-Fetch-Site", "same-origin");
        browser.refuses(kind, "unsupported_media_type", own).await;
    }
    // Nor does a browser get to ask from elsewhere with JSON: no answer allows it (CORS).
    let request = browser.client.request(Method::OPTIONS, "/api/bookings");
    let request = request
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST");
    let answer = demand(request).await;
    assert!(answer.header("access-control-allow-origin").is_empty(), "{answer:#?}");
}

#[tokio::test]
async fn signing_in_is_not_for_other_sites_to_cause() {
    let browser = Browser::new().await;
    let login = || {
        let body = json!({ "email": "browser@example.com", "password": PASSWORD });
        browser.client.request(Method::POST, "/api/auth/login").json(&body)
    };
    let foreign = login().header("Sec-Fetch-Site", "cross-site");
    browser.refuses("another site", "cross_site", foreign).await;
    let foreign = login().header("Origin", "https://evil.example");
    browser.refuses("another origin", "cross_site", foreign).await;
    demand(login().header("Sec-Fetch-Site", "same-origin")).await.is(200);
    demand(login()).await.is(200);
}

#[tokio::test]
async fn a_cookie_and_a_token_at_once_are_refused() {
    let browser = Browser::new().await;
    let token = browser.world.manager.token().unwrap();
    let both = browser.post().bearer_auth(token).header("Sec-Fetch-Site", "same-origin");
    browser.refuses("both", "bad_request", both).await.problem(400);
}
