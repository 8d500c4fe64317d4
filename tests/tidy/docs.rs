//! What the documentation lists is what there is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::tree::{Tree, assert_tidy};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// What stands in one list and not in the other.
fn differences(what: &str, documented: &BTreeSet<String>, real: &BTreeSet<String>) -> Vec<String> {
    let missing = real.difference(documented).map(|one| format!("{what} lacks {one}"));
    let extra =
        documented.difference(real).map(|one| format!("{what} has {one}, which is not there"));
    missing.chain(extra).collect()
}

/// A file's text; a finding when it is not there.
fn text<'a>(tree: &'a Tree, path: &str) -> Result<&'a str, Vec<String>> {
    tree.file(path)
        .map(|file| file.text.as_str())
        .ok_or_else(|| vec![format!("there is no {path}")])
}

/// The cells of a table's row, without code marks.
fn cells(line: &str) -> Vec<String> {
    let inside = line.trim().trim_matches('|');
    inside.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
}

fn rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    text.lines().filter(|line| line.trim_start().starts_with('|')).map(cells)
}

/// `docs/reference/routes.md` against `docs/openapi.json`.
fn wrong_routes(tree: &Tree) -> Result<(), Vec<String>> {
    let path = "docs/reference/routes.md";
    let documented = rows(text(tree, path)?)
        .filter(|row| row.len() > 1 && METHODS.contains(&row[0].as_str()))
        .map(|row| format!("{} {}", row[0], row[1]))
        .collect();
    let document: Value = serde_json::from_str(text(tree, "docs/openapi.json")?)
        .map_err(|why| vec![format!("docs/openapi.json: {why}")])?;
    let paths =
        document["paths"].as_object().ok_or_else(|| vec!["no paths in openapi.json".into()])?;
    let mut real = BTreeSet::new();
    for (path, item) in paths {
        let methods = METHODS.iter().filter(|method| item.get(method.to_lowercase()).is_some());
        real.extend(methods.map(|method| format!("{method} {path}")));
    }
    let findings = differences(path, &documented, &real);
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Whether a text is spelled like a type of event.
fn is_event_type(text: &str) -> bool {
    text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// `docs/reference/events.md` against the catalogue in `crates/domain`: its rows read
/// `Payload = "TYPE", version, "summary";`.
fn wrong_events(tree: &Tree) -> Result<(), Vec<String>> {
    let path = "docs/reference/events.md";
    let first = |row: Vec<String>| row.into_iter().next().filter(|cell| is_event_type(cell));
    let documented = rows(text(tree, path)?).filter_map(first).collect();
    let catalogue = text(tree, "crates/domain/src/event/catalogue.rs")?;
    let named = catalogue.lines().filter_map(|line| line.split_once(" = \"")?.1.split('"').next());
    let real: BTreeSet<String> =
        named.filter(|name| is_event_type(name)).map(str::to_owned).collect();
    if real.is_empty() {
        return Err(vec!["no event types in the catalogue".into()]);
    }
    let findings = differences(path, &documented, &real);
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// `docs/reference/permissions.md` against the table that decides. `RISHI_UPDATE=1` writes it.
#[test]
fn the_documented_permissions_are_those_that_are_enforced() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/permissions.md");
    let page = format!(
        "# Who may do what\n\nThe table that the platform decides by, written from the code.\n\n{}",
        rishi_domain::permission::table_markdown()
    );
    if std::env::var_os("RISHI_UPDATE").is_some() {
        std::fs::write(path, &page).expect("the page can be written");
    }
    let documented = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(documented, page, "run the tests with RISHI_UPDATE=1");
}

/// Every `make X` that the README tells to type is in the Makefile.
fn wrong_commands(tree: &Tree) -> Result<(), Vec<String>> {
    let makefile = text(tree, "Makefile")?;
    let target = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        let rule = line.contains(':') && !line.contains(":=") && !name.is_empty();
        (rule && !line.starts_with(['\t', '#', ' ', '.'])).then(|| name.to_owned())
    };
    let targets: BTreeSet<String> = makefile.lines().filter_map(target).collect();
    let readme = text(tree, "README.md")?;
    let mut findings = Vec::new();
    // In code only: `make sure` is English.
    for code in readme.split('`').skip(1).step_by(2).filter(|code| !code.is_empty()) {
        findings.extend(unknown_targets(code, &targets));
    }
    let mut inside = false;
    for line in readme.lines() {
        inside ^= line.starts_with("```");
        if inside {
            findings.extend(unknown_targets(line, &targets));
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

fn unknown_targets(code: &str, targets: &BTreeSet<String>) -> Vec<String> {
    let Some(rest) = code.trim().trim_start_matches("$ ").strip_prefix("make ") else {
        return vec![];
    };
    let words = rest.split('#').next().unwrap_or_default().split_whitespace();
    let named = words.take_while(|word| !["&&", "||", ";", "|"].contains(word));
    let unknown = named.filter(|word| !word.contains('=') && !targets.contains(*word));
    unknown
        .map(|word| format!("README.md says `make {word}`, which the Makefile does not have"))
        .collect()
}

#[test]
fn the_documented_routes_are_those_of_the_api() {
    assert_tidy(&wrong_routes(&Tree::of_the_repository()).err().unwrap_or_default());
}

#[test]
fn the_documented_events_are_those_of_the_catalogue() {
    assert_tidy(&wrong_events(&Tree::of_the_repository()).err().unwrap_or_default());
}

#[test]
fn the_readme_tells_commands_that_exist() {
    assert_tidy(&wrong_commands(&Tree::of_the_repository()).err().unwrap_or_default());
}

#[test]
fn a_route_that_is_missing_or_made_up_is_found() {
    let tree = Tree::sample(&[
        ("docs/openapi.json", r#"{"paths":{"/api/a":{"get":{},"post":{},"parameters":[]}}}"#),
        (
            "docs/reference/routes.md",
            "| method | path |\n|---|---|\n| GET | `/api/a` | x |\n| PUT | /api/b |\n",
        ),
    ]);
    let findings = wrong_routes(&tree).unwrap_err();
    let path = "docs/reference/routes.md";
    let expected =
        [format!("{path} lacks POST /api/a"), format!("{path} has PUT /api/b, which is not there")];
    assert_eq!(findings, expected);
    assert!(wrong_routes(&Tree::sample(&[])).is_err());
}

#[test]
fn an_event_type_that_is_missing_or_made_up_is_found() {
    let catalogue =
        "catalogue! {\n    Made = \"A_MADE\", 1, \"A was made.\";\n    Lost = \"A_LOST\", 1,\n}\n";
    let tree = Tree::sample(&[
        ("crates/domain/src/event/catalogue.rs", catalogue),
        (
            "docs/reference/events.md",
            "| type | when |\n|---|---|\n| `A_MADE` | x |\n| `A_FOUND` | y |\n",
        ),
    ]);
    let findings = wrong_events(&tree).unwrap_err();
    let path = "docs/reference/events.md";
    assert_eq!(
        findings,
        [format!("{path} lacks A_LOST"), format!("{path} has A_FOUND, which is not there")]
    );
    assert!(wrong_events(&Tree::sample(&[])).is_err());
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    let readme = "Please make sure. Type `make run`, not `make fun`.\n\n```sh\nmake test # all\nmake tast\n```\n";
    let tree = Tree::sample(&[
        ("README.md", readme),
        ("Makefile", ".PHONY: fun\nX := make\nrun: deps\n\techo tast:\ntest:\n\techo\n"),
    ]);
    let findings = wrong_commands(&tree).unwrap_err();
    let said: Vec<&str> = findings.iter().filter_map(|finding| finding.split('`').nth(1)).collect();
    assert_eq!(said, ["make fun", "make tast"]);
}
