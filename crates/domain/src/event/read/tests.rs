//! A type with a past: tea, which knew its sugar first, then a word for it, then its leaf.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::event::{EventDescription, Example};
use crate::money::Money;

/// Tea was made.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::event) struct TeaMade {
    /// How sweet; version 1 counted `lumps`.
    sweetness: String,
    /// Which leaf; unknown before version 3.
    leaf: Option<String>,
    /// What it cost.
    price: Money,
}

impl Example for TeaMade {
    fn example() -> Self {
        let leaf = Some("Darjeeling".to_owned());
        Self { sweetness: "sweet".to_owned(), leaf, price: Money::from_minor(325) }
    }
}

fn lumps_to_words(mut tea: Members) -> Result<Members, Misshapen> {
    let lumps = tea.remove("lumps").and_then(|lumps| lumps.as_u64());
    let lumps = lumps.ok_or(Misshapen("lumps is no count"))?;
    tea.insert("sweetness".to_owned(), if lumps == 0 { "plain" } else { "sweet" }.into());
    Ok(tea)
}

#[expect(clippy::unnecessary_wraps, reason = "every step has this shape")]
fn any_leaf(mut tea: Members) -> Result<Members, Misshapen> {
    tea.insert("leaf".to_owned(), Value::Null);
    Ok(tea)
}

catalogue! {
    pub(in crate::event) static TEA in "read/golden";
    TeaMade = "TEA_MADE", 3, "Tea was made.", on "pot",
        from 1 by lumps_to_words, from 2 by any_leaf;
}

/// The same type in the eyes of a program from before version 2.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OldTeaMade {
    lumps: u8,
    price: Money,
}

impl Example for OldTeaMade {
    fn example() -> Self {
        Self { lumps: 2, price: Money::from_minor(325) }
    }
}

catalogue! {
    static OLD_TEA in "read/golden";
    OldTeaMade = "TEA_MADE", 1, "Tea was made.", on "pot";
}

/// That program with files of the next version.
pub(in crate::event) static TEA_TOO_NEW: &[EventDescription] =
    &[EventDescription { version: 2, ..OLD_TEA[0] }];

fn tea(version: u16, data: &Value) -> Result<TeaMade, ReadError> {
    read(version, &RawValue::from_string(data.to_string()).unwrap())
}

#[test]
fn a_payload_of_any_version_reads_as_the_present_one() {
    let price = Money::from_minor(325);
    let made = |sweetness: &str, leaf: Option<&str>| TeaMade {
        sweetness: sweetness.to_owned(),
        leaf: leaf.map(str::to_owned),
        price,
    };
    let present = json!({ "sweetness": "sweet", "leaf": "Assam", "price": 3.25 });
    assert_eq!(tea(3, &present).unwrap(), made("sweet", Some("Assam")));
    let second = json!({ "sweetness": "plain", "price": 3.25 });
    assert_eq!(tea(2, &second).unwrap(), made("plain", None));
    for (lumps, sweetness) in [(0, "plain"), (2, "sweet")] {
        let first = json!({ "lumps": lumps, "price": 3.25 });
        assert_eq!(tea(1, &first).unwrap(), made(sweetness, None));
    }
}

#[test]
fn the_steps_of_other_versions_are_not_taken() {
    // Version 2 has no lumps any more, and version 3 is not touched at all.
    let second = json!({ "sweetness": "plain", "lumps": 2, "price": 1 });
    assert!(matches!(tea(2, &second), Err(ReadError::Unreadable { found: 2, .. })));
    let third = json!({ "sweetness": "plain", "leaf": "Oolong", "price": 1 });
    assert_eq!(tea(3, &third).unwrap().leaf.as_deref(), Some("Oolong"));
}

#[test]
fn a_newer_version_and_version_zero_are_said_to_be_unknown() {
    let present = json!({ "sweetness": "sweet", "leaf": null, "price": 1 });
    for version in [0, 4, u16::MAX] {
        let error = tea(version, &present).unwrap_err();
        let said =
            format!("TEA_MADE version {version} is unknown here: the newest known version is 3");
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn an_old_payload_that_breaks_its_promise_names_its_version_and_step() {
    let error = tea(1, &json!({ "lumps": "two", "price": 1 })).unwrap_err();
    assert!(matches!(error, ReadError::Misshapen { found: 1, step: 1, .. }), "{error}");
    let said = "the payload of TEA_MADE version 1 cannot be brought to version 2";
    assert_eq!(error.to_string(), said);
    for strange in [json!([1]), json!("tea"), json!(null)] {
        assert!(matches!(tea(1, &strange), Err(ReadError::Unreadable { found: 1, .. })));
        assert!(matches!(tea(3, &strange), Err(ReadError::Unreadable { found: 3, .. })));
    }
}

#[test]
fn an_amount_keeps_its_cents_on_the_way_up() {
    let text = r#"{"sweetness":"sweet","price":999999999999.99}"#;
    let raw = RawValue::from_string(text.to_owned()).unwrap();
    let tea: TeaMade = read(2, &raw).unwrap();
    assert_eq!(tea.price, Money::from_minor(99_999_999_999_999));
}

#[test]
fn the_same_fault_is_told_in_the_same_words_wherever_it_stands() {
    let story = |text: &str| {
        let data = RawValue::from_string(text.to_owned()).unwrap();
        let error = read::<crate::event::PasswordChanged>(1, &data).unwrap_err();
        std::error::Error::source(&error).unwrap().to_string()
    };
    assert_eq!(story("{}"), story(r#"{"other": "long enough to move the end"}"#));
    assert_eq!(story("{}"), "missing field `userId`");
}
