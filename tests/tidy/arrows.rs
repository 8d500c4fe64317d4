//! Crates import one way.

use super::tree::{Tree, assert_tidy};

/// The table of the architecture: a crate, and what it may import.
const ARROWS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("resilience", &[]),
    ("bus", &["resilience"]),
    ("app", &["domain", "bus", "resilience"]),
    ("store", &["app", "domain", "bus", "resilience"]),
    ("api", &["app", "domain", "resilience"]),
    ("outbound", &["app", "domain", "resilience"]),
    ("mail", &["app", "resilience", "outbound"]),
    ("server", &["domain", "resilience", "bus", "app", "store", "api", "outbound", "mail"]),
];

/// Dependencies that the table does not have, and crates that are not in it.
fn wrong_arrows(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in &tree.0 {
        let Some(name) =
            file.path.strip_prefix("crates/").and_then(|p| p.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let Some((_, may)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            findings.push(file.finding(1, &format!("crate `{name}` is not in the architecture")));
            continue;
        };
        let mut shipped = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.starts_with('[') {
                // What tests need beside that is their own affair.
                shipped = line.contains("dependencies") && !line.contains("dev-dependencies");
            }
            let key = line.strip_prefix("[dependencies.").unwrap_or(line);
            let Some(target) = key.strip_prefix("rishi-").filter(|_| shipped) else { continue };
            let end = target.find(|c: char| !c.is_alphanumeric()).unwrap_or(target.len());
            if !may.contains(&&target[..end]) {
                let what = format!("`{name}` may not import `{}`", &target[..end]);
                findings.push(file.finding(index + 1, &what));
            }
        }
    }
    findings
}

#[test]
fn crates_import_one_way() {
    assert_tidy(&wrong_arrows(&Tree::of_the_repository()));
}

#[test]
fn an_arrow_that_runs_the_wrong_way_is_found() {
    let tree = Tree::sample(&[
        ("crates/domain/Cargo.toml", "[dependencies]\njiff = \"1\"\nrishi-app.workspace = true\n"),
        (
            "crates/bus/Cargo.toml",
            "[dependencies]\nrishi-resilience = { path = \"../resilience\" }\n",
        ),
        ("crates/app/Cargo.toml", "[dependencies.rishi-store]\nworkspace = true\n"),
        ("crates/store/Cargo.toml", "[dev-dependencies]\nrishi-server.workspace = true\n"),
        ("crates/utils/Cargo.toml", "[dependencies]\n"),
    ]);
    assert_eq!(
        wrong_arrows(&tree),
        [
            "crates/domain/Cargo.toml:3: `domain` may not import `app`",
            "crates/app/Cargo.toml:1: `app` may not import `store`",
            "crates/utils/Cargo.toml:1: crate `utils` is not in the architecture",
        ]
    );
}
