//! As much of a browser as a sign-in by a provider needs: it keeps cookies for each site and goes where it is
//! sent, until it is told to stop.

use std::collections::BTreeMap;

use reqwest::Url;

use crate::support::client::demand;
use crate::support::{Answer, Client};

/// A client that goes nowhere by itself.
pub(super) fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.build().expect("a client can be built")
}

/// A person's browser.
pub(super) struct Browser {
    http: reqwest::Client,
    /// The platform.
    base: String,
    /// Cookies by site and name.
    cookies: BTreeMap<(String, String), String>,
}

impl Browser {
    pub(super) fn new(base: &str) -> Self {
        Self { http: http(), base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// Opens an address, or a path of the platform, and stays there.
    pub(super) async fn open(&mut self, address: &str) -> Answer {
        let url = self.url(address);
        let own = self.cookies.iter().filter(|((site, _), _)| *site == url.authority());
        let pairs: Vec<String> = own.map(|((_, name), value)| format!("{name}={value}")).collect();
        let mut request = self.http.get(url.clone()).header("Accept", "text/html,*/*;q=0.8");
        if !pairs.is_empty() {
            request = request.header("Cookie", pairs.join("; "));
        }
        let answer = demand(request).await;
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().expect("a cookie is text");
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            let key = (url.authority().to_owned(), name.to_owned());
            let is_over = line.contains("Max-Age=0") || line.contains("01 Jan 1970");
            if is_over {
                self.cookies.remove(&key)
            } else {
                self.cookies.insert(key, value.to_owned())
            };
        }
        answer
    }

    /// Begins a sign-in and goes with it until the provider sends the browser back: that address.
    pub(super) async fn through_the_provider(&mut self, to: &str) -> String {
        let first = self.open(&format!("/api/auth/oidc/start{to}")).await.is(303);
        self.onward(first.header("location")).await
    }

    /// Goes on from an address of the provider until it sends the browser back: that address.
    pub(super) async fn onward(&mut self, address: &str) -> String {
        let mut at = self.url(address);
        for _ in 0..10 {
            if at.as_str().starts_with(&self.base) {
                return at.into();
            }
            let answer = self.open(at.as_str()).await;
            let next = answer.header("location");
            assert!(!next.is_empty(), "the provider sends the browser on: {answer:#?}");
            at = at.join(next).expect("an address");
        }
        panic!("the provider sends the browser round and round: {at}");
    }

    /// The whole sign-in.
    pub(super) async fn sign_in(&mut self) -> Answer {
        let back = self.through_the_provider("").await;
        self.open(&back).await
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let site = self.url("/").authority().to_owned();
        self.cookies.get(&(site, name.to_owned())).map(String::as_str)
    }

    pub(super) fn put_cookie(&mut self, name: &str, value: &str) {
        let site = self.url("/").authority().to_owned();
        self.cookies.insert((site, name.to_owned()), value.to_owned());
    }

    /// The person as a page of the platform speaks for them.
    pub(super) fn as_client(&self) -> Client {
        let secret = self.cookie("rishi").expect("a session has begun");
        Client::new(&self.base).with_cookie(&format!("rishi={secret}"))
    }

    fn url(&self, address: &str) -> Url {
        let base = Url::parse(&self.base).expect("the platform's address");
        base.join(address).expect("an address")
    }
}
