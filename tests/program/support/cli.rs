//! The command line, as a person or a script uses it.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use super::Home;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Demands exit code 0.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "the command must succeed: {self:#?}");
        self
    }

    /// The one JSON document that `--json` prints.
    pub(crate) fn json(self) -> Value {
        let run = self.ok();
        serde_json::from_str(&run.stdout)
            .unwrap_or_else(|why| panic!("stdout is not one JSON document ({why}): {run:#?}"))
    }
}

impl Home {
    /// Runs a command to its end.
    pub(crate) fn rishi(&self, arguments: &[&str]) -> Run {
        self.rishi_with(&[], arguments)
    }

    /// The same with more environment.
    pub(crate) fn rishi_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
        let output = self
            .command()
            .envs(environment.iter().copied())
            .args(arguments)
            .output()
            .expect("the rishi binary starts");
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Adds a person; answers the id.
    pub(crate) fn add_user(&self, email: &str, role: &str, organization: Option<&str>) -> String {
        let name = format!("Test {role}");
        let mut arguments =
            vec!["user", "create", "--email", email, "--name", &name, "--role", role, "--json"];
        arguments.extend(organization.iter().flat_map(|id| ["--organization", *id]));
        text(&self.rishi(&arguments).json(), "id")
    }

    /// Adds a person with a password; answers the id.
    pub(crate) fn add_user_with(
        &self,
        email: &str,
        password: &str,
        role: &str,
        organization: Option<&str>,
    ) -> String {
        let mut command = self.command();
        command.args(["user", "create", "--email", email, "--name", "Test", "--role", role]);
        command.args(organization.iter().flat_map(|id| ["--organization", *id]));
        command.args(["--password-stdin", "--json"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the rishi binary starts");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        writeln!(stdin, "{password}").expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let run = Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        };
        text(&run.json(), "id")
    }

    /// Makes an API token for a person; answers the secret.
    pub(crate) fn add_token(&self, email: &str, organization: Option<&str>) -> String {
        let mut arguments = vec!["token", "create", "--user", email, "--json"];
        arguments.extend(organization.iter().flat_map(|id| ["--organization", *id]));
        text(&self.rishi(&arguments).json(), "token")
    }
}

/// A text field that must be there.
pub(crate) fn text(document: &Value, field: &str) -> String {
    document[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {document}")).to_owned()
}
