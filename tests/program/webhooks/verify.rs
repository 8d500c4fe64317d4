//! The standard's own library for Python says whether a message is signed as the standard wants it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;

use super::receiver::Message;
use crate::support::workspace;

/// What the library says of a message: `ok`, or why not.
pub(crate) fn verified(secret: &str, message: &Message) -> String {
    let python = workspace().join(".venv/bin/python");
    assert!(python.exists(), "no Python at {}: run `make deps`", python.display());
    let mut child = Command::new(python)
        .arg(workspace().join("tests/program/webhooks/verify.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let question =
        json!({ "secret": secret, "headers": message.headers, "body": message.body }).to_string();
    let mut input = child.stdin.take().expect("stdin is piped");
    input.write_all(question.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the library is there: run `make deps`");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}
