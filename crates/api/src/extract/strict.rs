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

/// Whether [`check`] finds nothing wrong with `bytes` if they are JSON at all. Only says yes when a look
/// at braces and keys is enough to tell: few keys in an object, none of them with an escape.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    // Of every object or array around the place at hand, how many keys were open before it, and
    // whether it is an object.
    let mut around = [(0, false); DEPTH];
    let mut depth = 0;
    let mut keys: Vec<&[u8]> = Vec::with_capacity(FEW);
    let mut key_follows = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let Some(text) = string(&bytes[at + 1..]) else { return false };
                at += text.len() + 1;
                if key_follows {
                    let (first, _) = around[depth - 1];
                    let level = &keys[first..];
                    if text.contains(&b'\\') || level.len() == FEW || level.contains(&text) {
                        return false;
                    }
                    keys.push(text);
                }
            }
            b'{' | b'[' if depth == DEPTH => return false,
            b'{' | b'[' => {
                key_follows = *byte == b'{';
                around[depth] = (keys.len(), key_follows);
                depth += 1;
            }
            b'}' | b']' if depth == 0 => return false,
            b'}' | b']' => {
                depth -= 1;
                keys.truncate(around[depth].0);
                key_follows = false;
            }
            b',' => key_follows = depth > 0 && around[depth - 1].1,
            b':' => key_follows = false,
            _ => {}
        }
        at += 1;
    }
    true
}

/// What stands before the quote that ends a string.
fn string(bytes: &[u8]) -> Option<&[u8]> {
    let mut from = 0;
    loop {
        let stop = from + bytes[from..].iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if bytes[stop] == b'"' {
            return Some(&bytes[..stop]);
        }
        // Whatever is escaped does not end it.
        from = bytes.len().min(stop + 2);
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
mod tests;
