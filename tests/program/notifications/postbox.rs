//! A mail server of its own for a test: aiosmtpd, as a process.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::{Home, eventually, workspace};

/// Stopped when dropped.
pub(crate) struct Postbox {
    child: Child,
    pub(crate) port: u16,
    file: PathBuf,
}

impl Postbox {
    /// A server that takes mail, on a port (0 for any that is free).
    pub(crate) fn open(home: &Home, port: u16) -> Self {
        Self::start(home, port, &[])
    }

    /// One that takes connections and says nothing.
    pub(crate) fn tarpit(home: &Home) -> Self {
        Self::start(home, 0, &["slow"])
    }

    fn start(home: &Home, port: u16, more: &[&str]) -> Self {
        let root = workspace();
        let python = root.join(".venv/bin/python");
        assert!(python.exists(), "no Python at {}: run `make deps`", python.display());
        let file = home.path("mail.jsonl");
        let mut child = Command::new(python)
            .arg(root.join("tests/program/notifications/mail_server.py"))
            .arg(port.to_string())
            .arg(&file)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let mut line = String::new();
        let said = child.stdout.take().expect("stdout is piped");
        BufReader::new(said).read_line(&mut line).expect("it says its port");
        let port = line.trim().parse().expect("run `make deps`: the mail server says its port");
        Self { child, port, file }
    }

    /// What configures a platform to send there.
    pub(crate) fn environment(port: u16) -> [(&'static str, String); 2] {
        [
            ("RISHI_SMTP_URL", format!("smtp://127.0.0.1:{port}")),
            ("RISHI_MAIL_FROM", "Rishi <rishi@example.org>".to_owned()),
        ]
    }

    /// Everything that was taken.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a message in JSON")).collect()
    }

    /// Waits until so many were taken.
    pub(crate) async fn take(&self, count: usize) -> Vec<Value> {
        eventually("the mails have come", async || {
            let messages = self.messages();
            (messages.len() >= count).then_some(messages)
        })
        .await
    }
}

impl Drop for Postbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
