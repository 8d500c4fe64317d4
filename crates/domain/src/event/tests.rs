//! Golden files: an event of every version that there ever was, and its schema.
//!
//! `golden/<TYPE>.v<N>.json` holds the members that the type decides, `….schema.json` the schema
//! document. A file of an earlier version never changes; it is how the log of an old installation
//! looks. The present version's files are checked against the code; with `RISHI_UPDATE=1` the
//! present schema is written again and a missing example is written. An example that differs is
//! left alone: whoever changes a shape decides whether it needs a new version, and deletes the file
//! if not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::read::tests::{TEA, TEA_TOO_NEW};
use super::{CATALOGUE, EventDescription, Payload, payload, read};

/// Reads a golden file of any version and writes it in the present one.
pub(super) fn rewrite<P: Payload>(text: &str) -> Result<String, Box<dyn std::error::Error>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Part {
        #[serde(rename = "type")]
        event_type: String,
        schema_version: u16,
        data: Box<RawValue>,
        metadata: Option<Box<RawValue>>,
    }
    let part: Part = serde_json::from_str(text)?;
    assert_eq!(part.event_type, P::TYPE);
    let data: P = read(part.schema_version, &part.data)?;
    // Nothing reads the figures of old events as a type, so only present ones must be readable.
    let present = part.metadata.filter(|_| part.schema_version == P::VERSION);
    let metadata: Option<P::Metadata> =
        present.map(|metadata| serde_json::from_str(metadata.get())).transpose()?;
    Ok(payload::write(&data, metadata.as_ref())?)
}

/// What is wrong with the golden files of `catalogue`.
fn findings(catalogue: &[EventDescription], folder: &Path, update: bool) -> Vec<String> {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    for event in catalogue {
        for version in 1..=event.version {
            let name = format!("{}.v{version}", event.event_type);
            let (example, schema) = (format!("{name}.json"), format!("{name}.schema.json"));
            if version == event.version {
                findings.extend(present_schema(event, &folder.join(&schema), update));
                if update && !folder.join(&example).exists() {
                    let text = (event.example)().unwrap() + "\n";
                    std::fs::write(folder.join(&example), text).unwrap();
                }
            }
            match std::fs::read_to_string(folder.join(&example)) {
                Err(_) => findings.push(format!("{example} is missing")),
                Ok(text) => findings.extend(present_form(event, version, &example, &text)),
            }
            if !folder.join(&schema).exists() {
                findings.push(format!("{schema} is missing"));
            }
            names.extend([example, schema]);
        }
    }
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if !names.contains(&name) {
            findings.push(format!("{name} belongs to no type and version of the catalogue"));
        }
    }
    findings
}

/// The example reads as the present type; that of the present version is what the code writes.
fn present_form(event: &EventDescription, version: u16, file: &str, text: &str) -> Option<String> {
    let rewritten = match (event.rewrite)(text) {
        Ok(rewritten) => rewritten + "\n",
        Err(error) => {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            return Some(format!("{file}: {error}: {cause}"));
        }
    };
    let changed = version == event.version
        && (rewritten != text || (event.example)().unwrap() + "\n" != text);
    changed.then(|| format!("{file} is not what is written now: does this need a new version?"))
}

fn present_schema(event: &EventDescription, path: &PathBuf, update: bool) -> Option<String> {
    let schema = event.schema_document(event.version).unwrap().unwrap();
    if update {
        std::fs::write(path, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
    (kept != schema).then(|| format!("{} is not the schema: RISHI_UPDATE=1", path.display()))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/event").join(name)
}

#[test]
fn every_version_of_every_type_has_golden_files_that_can_be_read_now() {
    let update = std::env::var_os("RISHI_UPDATE").is_some();
    for (catalogue, name) in [(CATALOGUE, "golden"), (TEA, "read/golden")] {
        let findings = findings(catalogue, &folder(name), update);
        assert!(findings.is_empty(), "{name}:\n{}", findings.join("\n"));
    }
}

#[test]
fn the_published_schema_and_example_of_an_earlier_version_are_the_kept_ones() {
    let [tea] = TEA else { panic!("one type") };
    for version in 1..=3 {
        let document = tea.schema_document(version).unwrap().unwrap();
        assert_eq!(document["properties"]["schemaVersion"]["const"], version);
        let example = tea.example_of(version).unwrap().unwrap();
        let kept = folder("read/golden").join(format!("TEA_MADE.v{version}.json"));
        assert_eq!(format!("{example}\n"), std::fs::read_to_string(kept).unwrap());
    }
    assert!(tea.schema_document(0).is_none() && tea.schema_document(4).is_none());
    assert!(tea.example_of(0).is_none() && tea.example_of(4).is_none());
}

#[test]
fn a_version_that_was_raised_without_golden_files_is_found() {
    let [tea] = TEA else { panic!("one type") };
    let raised = EventDescription { version: 4, ..*tea };
    let findings = findings(&[raised], &folder("read/golden"), false);
    assert!(findings.contains(&"TEA_MADE.v4.json is missing".to_owned()), "{findings:?}");
    assert!(findings.contains(&"TEA_MADE.v4.schema.json is missing".to_owned()), "{findings:?}");
}

#[test]
fn a_file_that_nobody_can_read_and_one_that_belongs_to_nothing_are_found() {
    let findings = findings(TEA_TOO_NEW, &folder("read/golden"), false);
    let unread = "TEA_MADE.v2.json: TEA_MADE version 2 is unknown here";
    assert!(findings.iter().any(|finding| finding.starts_with(unread)), "{findings:?}");
    let stray = "TEA_MADE.v3.json belongs to no type and version of the catalogue";
    assert!(findings.contains(&stray.to_owned()), "{findings:?}");
}

#[test]
fn a_version_that_was_raised_without_a_step_does_not_build() {
    // What `catalogue!` asserts when it is compiled.
    assert!(payload::leads_to(&[], 1) && payload::leads_to(&[1, 2], 3));
    for (steps, version) in [(&[][..], 2), (&[1], 3), (&[2], 3), (&[1, 1], 3), (&[1], 1), (&[], 0)]
    {
        assert!(!payload::leads_to(steps, version), "{steps:?} {version}");
    }
}
