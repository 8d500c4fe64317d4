//! Files that one can read in one go.

use super::tree::{Tree, assert_tidy};

const MOST: usize = 500;
const REASON: &str = "// tidy: long because ";

/// Rust files of more than 500 lines that do not say why.
fn too_long(tree: &Tree) -> Vec<String> {
    let long = tree.rust().filter_map(|file| {
        let lines = file.text.lines().count();
        let reasoned = file
            .text
            .lines()
            .any(|line| line.strip_prefix(REASON).is_some_and(|reason| !reason.trim().is_empty()));
        let what = format!("{lines} lines, at most {MOST}, unless `{REASON}…` says why");
        (lines > MOST && !reasoned).then(|| file.finding(lines, &what))
    });
    long.collect()
}

#[test]
fn files_can_be_read_in_one_go() {
    assert_tidy(&too_long(&Tree::of_the_repository()));
}

#[test]
fn a_long_file_without_a_reason_is_found() {
    let long = "\n".repeat(501);
    let reasoned = format!("{REASON}it is one table\n{long}");
    let unreasoned = format!("{REASON}\n{long}");
    let tree = Tree::sample(&[
        ("crates/a/src/long.rs", &long),
        ("crates/a/src/reasoned.rs", &reasoned),
        ("crates/a/src/unreasoned.rs", &unreasoned),
        ("crates/a/src/short.rs", &"\n".repeat(500)),
        ("docs/long.md", &long),
    ]);
    let findings = too_long(&tree);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].starts_with("crates/a/src/long.rs:501:"), "{findings:?}");
    assert!(findings[1].starts_with("crates/a/src/unreasoned.rs:502:"), "{findings:?}");
}
