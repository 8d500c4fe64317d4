//! Nothing of one machine, and no registry but the public ones.

use super::tree::{Tree, assert_tidy};

/// Folders of the machines that this was written on. Put together here, so as not to be found.
const MACHINE: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/home", "/")];

/// Paths of a machine in any file.
fn machine_paths(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in &tree.0 {
        for (index, line) in file.text.lines().enumerate() {
            for folder in MACHINE.iter().filter(|folder| starts_a_path(line, folder)) {
                findings
                    .push(file.finding(index + 1, &format!("`{folder}` is a path of one machine")));
            }
        }
    }
    findings
}

/// Whether the folder is there and is not the inside of a longer path or address.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}/".contains(c))
    })
}

/// Where lock files may fetch from.
const PUBLIC: [(&str, &str, &str); 2] = [
    ("Cargo.lock", "source = \"", "registry+https://github.com/rust-lang/crates.io-index"),
    ("package-lock.json", "\"resolved\": \"", "https://registry.npmjs.org/"),
];

/// Registries of somebody's own in lock files and settings.
fn private_registries(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in &tree.0 {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        for (index, line) in file.text.lines().enumerate() {
            for (lock, key, public) in PUBLIC.iter().filter(|(lock, ..)| *lock == name) {
                let source = line.trim_start().strip_prefix(key);
                if source.is_some_and(|source| !source.starts_with(public)) {
                    findings
                        .push(file.finding(index + 1, &format!("{lock} must fetch from {public}")));
                }
            }
            let words = ["index-url", "extra-index-url", "find-links", "replace-with"];
            let setting = words.iter().find(|word| line.contains(**word) && line.contains("://"));
            if let Some(word) = setting.filter(|_| !file.is_rust()) {
                findings.push(file.finding(index + 1, &format!("`{word}` names a registry")));
            }
        }
    }
    findings
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    assert_tidy(&machine_paths(&Tree::of_the_repository()));
}

#[test]
fn everything_is_fetched_from_public_registries() {
    assert_tidy(&private_registries(&Tree::of_the_repository()));
}

#[test]
fn a_path_of_one_machine_is_found() {
    let text =
        format!("cd {}rishi\nlet a = \"x\";\nhttps://example.com{}page\n", MACHINE[0], MACHINE[0]);
    let tree =
        Tree::sample(&[("README.md", &text), ("Makefile", &format!("a:\n\tls {}\n", MACHINE[1]))]);
    let findings = machine_paths(&tree);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].starts_with("README.md:1:"), "{findings:?}");
    assert!(findings[1].starts_with("Makefile:2:"), "{findings:?}");
}

#[test]
fn a_private_registry_is_found() {
    let lock = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
                source = \"registry+https://mirror.example.com/index\"\n";
    let npm = "\"resolved\": \"https://registry.npmjs.org/a\",\n \"resolved\": \"https://mirror.example.com/a\"\n";
    let settings = "[global]\nindex-url = https://mirror.example.com/simple\n";
    let tree = Tree::sample(&[
        ("Cargo.lock", lock),
        ("web/package-lock.json", npm),
        (".pip/pip.conf", settings),
    ]);
    let findings = private_registries(&tree);
    let places: Vec<String> =
        findings.iter().map(|f| f.split(": ").next().unwrap().into()).collect();
    assert_eq!(places, ["Cargo.lock:2", "web/package-lock.json:2", ".pip/pip.conf:2"]);
}
