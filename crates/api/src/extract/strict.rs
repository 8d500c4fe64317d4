//! One pass over a body's bytes before it is read into a type: JSON through and through, no deeper
//! than [`DEPTH`], no key twice in one object. Allocates only for keys that hold escapes and for
//! objects of many keys.
//!
//! Readers disagree on which of two equal keys counts, so two of them could understand one request
//! in two ways; and a deep document costs stack in whoever reads it next.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How deep arrays and objects may be nested.
pub(crate) const DEPTH: usize = 32;

/// Objects with more keys than this look them up by hash.
const FEW: usize = 16;

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not JSON; line and column are named.
    Syntax(String),
    /// Nested too deeply.
    TooDeep,
    /// A key stands twice in one object.
    DuplicateKey(String),
}

/// Reads `bytes` to the end and says what is wrong with them, if anything is.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut fault = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed = Checked { depth: 0, fault: &mut fault };
    let read = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match (fault, read) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(Fault::Syntax(error.to_string())),
        (None, Ok(())) => Ok(()),
    }
}

/// A value at some depth.
struct Checked<'a> {
    depth: usize,
    fault: &'a mut Option<Fault>,
}

impl Checked<'_> {
    /// One level further in, unless that is too deep.
    fn enter<E: Error>(&mut self) -> Result<usize, E> {
        if self.depth == DEPTH {
            return Err(self.refuse(Fault::TooDeep));
        }
        Ok(self.depth + 1)
    }

    fn refuse<E: Error>(&mut self, fault: Fault) -> E {
        *self.fault = Some(fault);
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Checked<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checked<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let depth = self.enter()?;
        while seq.next_element_seed(Checked { depth, fault: self.fault })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let depth = self.enter()?;
        let mut keys = Keys::default();
        while let Some(key) = map.next_key_seed(Key)? {
            if let Err(key) = keys.add(key) {
                return Err(self.refuse(Fault::DuplicateKey(key.into_owned())));
            }
            map.next_value_seed(Checked { depth, fault: self.fault })?;
        }
        Ok(())
    }
}

/// The keys of an object so far.
#[derive(Default)]
struct Keys<'de> {
    few: Vec<Cow<'de, str>>,
    many: HashSet<Cow<'de, str>>,
}

impl<'de> Keys<'de> {
    /// Adds a key, or gives it back when it is there already.
    fn add(&mut self, key: Cow<'de, str>) -> Result<(), Cow<'de, str>> {
        if self.many.is_empty() {
            if self.few.contains(&key) {
                return Err(key);
            }
            self.few.push(key);
            if self.few.len() > FEW {
                self.many.extend(self.few.drain(..));
            }
            return Ok(());
        }
        if self.many.contains(&key) {
            return Err(key);
        }
        self.many.insert(key);
        Ok(())
    }
}

/// A key, borrowed from the bytes where they hold it as it is.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn ordinary_json_passes() {
        for text in [r#"{"a": [1, -2.5, null, true, "x"], "b": {"a": 1}}"#, "7", "\"\"", " {} "] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_found_at_any_depth() {
        let twice = |key: &str| Err(Fault::DuplicateKey(key.to_owned()));
        assert_eq!(check(br#"{"a": 1, "a": 2}"#), twice("a"));
        assert_eq!(check(br#"{"a": [{"b": 1, "c": 2, "b": 3}]}"#), twice("b"));
        assert_eq!(check(br#"{"a": 1, "\u0061": 2}"#), twice("a"), "escapes hide nothing");
    }

    #[test]
    fn a_key_that_stands_twice_is_found_among_many() {
        let keys: Vec<String> = (0..50).map(|n| format!("\"k{n}\": {n}")).collect();
        assert_eq!(check(format!("{{{}}}", keys.join(",")).as_bytes()), Ok(()));
        let text = format!("{{{}, \"k3\": 0}}", keys.join(","));
        assert_eq!(check(text.as_bytes()), Err(Fault::DuplicateKey("k3".into())));
    }

    #[test]
    fn the_thirty_third_level_is_one_too_many() {
        assert_eq!(check(nested(DEPTH).as_bytes()), Ok(()));
        assert_eq!(check(nested(DEPTH + 1).as_bytes()), Err(Fault::TooDeep));
        assert_eq!(check("[".repeat(100_000).as_bytes()), Err(Fault::TooDeep));
    }

    #[test]
    fn what_is_not_json_is_refused_with_the_place() {
        for text in ["", "{", "{\"a\": }", "[1,]", "nul", "{} {}", "{'a': 1}", "\u{feff}{}"] {
            assert!(matches!(check(text.as_bytes()), Err(Fault::Syntax(_))), "{text}");
        }
        let Err(Fault::Syntax(message)) = check(b"{\n  \"a\": x\n}") else { panic!() };
        assert!(message.contains("line 2"), "{message}");
        assert!(matches!(check(b"\"\xff\""), Err(Fault::Syntax(_))), "not UTF-8");
    }
}
