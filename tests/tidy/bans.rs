//! Calls that have no place here, each with the reason.
//!
//! A line that must be an exception says so on itself or on the line before:
//! `// tidy: because …`.

use super::source::blanked;
use super::tree::{File, Tree, assert_tidy};

const EXCEPTION: &str = "// tidy: because ";

/// Where a ban holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In the program, except in files named `clock.rs`.
    OutsideTheClock,
    /// In the program.
    Shipped,
    /// In tests too.
    Everywhere,
}

const CLOCK: &str = "the clock is passed in; only `clock.rs` reads it";
const PANIC: &str = "the program answers errors, it does not panic";
const UNFINISHED: &str = "finish it or leave it out";

const BANS: [(&str, Where, &str); 10] = [
    ("Timestamp::now(", Where::OutsideTheClock, CLOCK),
    ("SystemTime::now(", Where::OutsideTheClock, CLOCK),
    ("Instant::now(", Where::OutsideTheClock, CLOCK),
    ("Zoned::now(", Where::OutsideTheClock, CLOCK),
    (".unwrap()", Where::Shipped, PANIC),
    (".expect(", Where::Shipped, PANIC),
    ("thread::sleep", Where::Shipped, "wait for what must happen, not for time to pass"),
    ("todo!", Where::Everywhere, UNFINISHED),
    ("unimplemented!", Where::Everywhere, UNFINISHED),
    ("dbg!", Where::Everywhere, "take it out again"),
];

/// Every banned call in the tree.
fn banned_calls(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let excused = excused_lines(file);
        let (shipped, all) = (file.shipped_code(), file.code());
        for (needle, place, reason) in BANS {
            let is_clock = file.path.ends_with("/clock.rs");
            let lines = match place {
                Where::OutsideTheClock if is_clock => continue,
                Where::OutsideTheClock | Where::Shipped => &shipped,
                Where::Everywhere => &all,
            };
            let hits = lines
                .iter()
                .filter(|(number, line)| stands_alone(line, needle) && !excused.contains(number));
            findings.extend(
                hits.map(|(number, _)| file.finding(*number, &format!("`{needle}`: {reason}"))),
            );
        }
    }
    findings
}

/// Whether the needle is there and is neither the end of a longer name nor a method of one's own.
fn stands_alone(line: &str, needle: &str) -> bool {
    let mut hits = line.match_indices(needle).map(|(at, _)| &line[..at]);
    if needle.starts_with('.') {
        hits.any(|before| !before.ends_with("self"))
    } else {
        hits.any(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    }
}

/// Lines that say why they are an exception, and the lines after those.
fn excused_lines(file: &File) -> Vec<usize> {
    let reasoned = |line: &str| {
        line.split_once(EXCEPTION).is_some_and(|(_, reason)| !reason.trim().is_empty())
    };
    let lines = file.text.lines().enumerate().filter(|(_, line)| reasoned(line));
    lines.flat_map(|(index, _)| [index + 1, index + 2]).collect()
}

/// Silenced lints that do not say why.
fn silent_attributes(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let code = blanked(&file.text);
        for mark in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
            for (at, _) in code.match_indices(mark) {
                let end = code[at..].find(")]").map_or(code.len(), |length| at + length);
                if !code[at..end].contains("reason =") {
                    let line = code[..at].matches('\n').count() + 1;
                    findings.push(file.finding(line, &format!("`{mark}…)]` without a `reason`")));
                }
            }
        }
    }
    findings
}

#[test]
fn banned_calls_are_not_made() {
    assert_tidy(&banned_calls(&Tree::of_the_repository()));
}

#[test]
fn silenced_lints_say_why() {
    assert_tidy(&silent_attributes(&Tree::of_the_repository()));
}

#[test]
fn every_ban_finds_what_it_bans_and_only_where_it_holds() {
    for (needle, place, _) in BANS {
        let call =
            format!("fn f() {{ x{}); }}\n", needle.trim_end_matches(['(', ')']).to_owned() + "(");
        let call = if needle.starts_with('.') { call } else { call.replacen('x', "", 1) };
        let in_a_test = format!("#[cfg(test)]\nmod tests {{\n{call}}}\n");
        let in_words = format!("// {call}const A: &str = \"{}\";\n", call.trim());
        let excused = format!("// tidy: because it is a sample\n{call}");
        let tree = Tree::sample(&[
            ("crates/a/src/lib.rs", &call),
            ("crates/a/src/clock.rs", &call),
            ("crates/a/src/inside.rs", &in_a_test),
            ("crates/a/src/a/tests.rs", &call),
            ("tests/program/a.rs", &call),
            ("crates/a/src/words.rs", &in_words),
            ("crates/a/src/excused.rs", &excused),
            ("docs/a.md", &call),
        ]);
        let found = banned_calls(&tree);
        let paths: Vec<&str> =
            found.iter().filter_map(|finding| finding.split(':').next()).collect();
        let expected: &[&str] = match place {
            Where::OutsideTheClock => &["crates/a/src/lib.rs"],
            Where::Shipped => &["crates/a/src/lib.rs", "crates/a/src/clock.rs"],
            Where::Everywhere => &[
                "crates/a/src/lib.rs",
                "crates/a/src/clock.rs",
                "crates/a/src/inside.rs",
                "crates/a/src/a/tests.rs",
                "tests/program/a.rs",
            ],
        };
        assert_eq!(paths, expected, "{needle}");
    }
}

#[test]
fn a_lint_silenced_without_a_reason_is_found() {
    let source = "#[allow(dead_code)]\nfn a() {}\n#[allow(dead_code, reason = \"b\")]\nfn b() {}\n\
                  #![expect(\n    unused,\n)]\n#[expect(\n    unused,\n    reason = \"c\"\n)]\nfn c() {}\n";
    let findings = silent_attributes(&Tree::sample(&[("crates/a/src/lib.rs", source)]));
    let lines: Vec<&str> =
        findings.iter().filter_map(|finding| finding.split(':').nth(1)).collect();
    assert_eq!(lines, ["1", "5"], "{findings:?}");
}
