//! The files that the checks read.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::source::{blanked, without_tests};

/// A file, by its path from the workspace's root.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    pub(super) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|ending| ending == "rs")
    }

    /// Whether all of it is for tests, benchmarks or the suites that engines are held to.
    pub(super) fn is_for_tests(&self) -> bool {
        let mut parts: Vec<&str> = self.path.split('/').collect();
        let name = parts.pop().unwrap_or_default();
        let folders = ["tests", "testing", "conformance", "benches", "examples"];
        name == "tests.rs"
            || name == "testing.rs"
            || parts.iter().any(|part| folders.contains(part))
    }

    /// Its lines of code: comments and texts blanked, numbered from 1.
    pub(super) fn code(&self) -> Vec<(usize, String)> {
        numbered(&blanked(&self.text))
    }

    /// Its lines of code that are in the program and not only in its tests.
    pub(super) fn shipped_code(&self) -> Vec<(usize, String)> {
        if self.is_for_tests() {
            Vec::new()
        } else {
            numbered(&without_tests(&blanked(&self.text)))
        }
    }

    /// A finding on one of its lines.
    pub(super) fn finding(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

fn numbered(text: &str) -> Vec<(usize, String)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned())).collect()
}

/// Files, all of them or a sample.
pub(super) struct Tree(pub(super) Vec<File>);

impl Tree {
    /// Everything in this repository that is tracked or about to be: what git does not ignore.
    pub(super) fn of_the_repository() -> Self {
        let root = root();
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&root)
            .output()
            .expect("git lists the files of the repository");
        assert!(output.status.success(), "git lists the files: {output:?}");
        let list = String::from_utf8(output.stdout).expect("paths are UTF-8");
        // Pictures and the like are not text; a file may be deleted and not yet forgotten by git.
        let read = |path: &str| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            Some(File { path: path.to_owned(), text })
        };
        let tree = Self(list.split_terminator('\0').filter_map(read).collect());
        assert!(tree.0.len() > 20, "the repository was found");
        tree
    }

    /// A made-up tree.
    pub(super) fn sample(files: &[(&str, &str)]) -> Self {
        let file =
            |(path, text): &(&str, &str)| File { path: (*path).into(), text: (*text).into() };
        Self(files.iter().map(file).collect())
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }

    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.0.iter().filter(|file| file.is_rust())
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Fails with all findings at once.
#[track_caller]
pub(super) fn assert_tidy(findings: &[String]) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
