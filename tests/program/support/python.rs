//! What another language's libraries make of what the platform writes.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::workspace;

/// The JSON that a script of `tests/program` prints about a text.
pub(crate) fn told_by(script: &str, text: &str) -> Value {
    let python = workspace().join(".venv/bin/python");
    assert!(python.exists(), "no Python at {}: run `make deps`", python.display());
    let mut child = Command::new(python)
        .arg(workspace().join("tests/program").join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = child.stdin.take().expect("stdin is piped");
    let text = text.as_bytes().to_vec();
    // On a thread of its own: what is printed may fill its pipe before all is read.
    let writing = std::thread::spawn(move || input.write_all(&text));
    let output = child.wait_with_output().expect("it ends");
    writing.join().expect("the thread ends").expect("it reads");
    assert!(output.status.success(), "{script} reads it and its libraries are there (`make deps`)");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}
