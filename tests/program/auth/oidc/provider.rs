//! A provider of identities of its own for a test: oidc-provider, as a process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::client::demand;
use crate::support::workspace;

/// Stopped when dropped.
pub(super) struct Provider {
    child: Child,
    pub(super) issuer: String,
    http: reqwest::Client,
}

impl Provider {
    /// One whose ID token tells who it is and nothing else.
    pub(super) fn open() -> Self {
        Self::start(&[])
    }

    /// One that has no more to say than stands in the ID token.
    pub(super) fn telling_all_in_the_token() -> Self {
        Self::start(&["all-in-the-token"])
    }

    fn start(arguments: &[&str]) -> Self {
        let folder = workspace().join("tests/oidc");
        assert!(folder.join("node_modules").exists(), "no provider to start: run `make deps`");
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("stdout is piped"));
        said.read_line(&mut line).expect("it says its issuer");
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider starts: {issuer:?}");
        // What it says later (notices) is read by nobody, but it must be able to say it.
        std::thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
        Self { child, issuer, http: super::browser::http() }
    }

    /// What configures a platform to let people in by it.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("RISHI_OIDC_ISSUER", self.issuer.clone()),
            ("RISHI_OIDC_CLIENT_ID", "rishi".to_owned()),
            ("RISHI_OIDC_CLIENT_SECRET", "a secret of the tests".to_owned()),
            ("RISHI_OIDC_SCOPES", "openid email profile groups".to_owned()),
        ]
    }

    /// Who comes from now on; nobody for null.
    pub(super) async fn person(&self, person: &Value) {
        let request = self.http.post(format!("{}/test/person", self.issuer)).json(person);
        demand(request).await.is(204);
    }

    /// Gives it an order, such as `rotate`.
    pub(super) async fn order(&self, what: &str) {
        demand(self.http.post(format!("{}/test/{what}", self.issuer))).await.is(204);
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().expect("an own child can be killed");
        self.child.wait().expect("an own child can be waited for");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
