//! From a body's bytes to its type, or to everything that is wrong with it.

use rishi_domain::error::FieldError;
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::keyed::Keyed;
use super::misread::{MISSING, MOST, misread, shortened, unknown};
use super::strict::{self, Fault};
use crate::problem::{Code, Problem};

/// Reads a body into its type. A second and closer look is taken at what does not pass at once, to tell
/// what is wrong with it.
pub(super) fn read<T: DeserializeOwned + JsonSchema>(bytes: &[u8]) -> Result<T, Problem> {
    if is_object(bytes) && strict::is_plain(bytes) {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        if let Ok(body) = T::deserialize(Keyed::new(&mut deserializer))
            && deserializer.end().is_ok()
        {
            return Ok(body);
        }
    }
    read_closely(bytes)
}

fn is_object(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

fn read_closely<T: DeserializeOwned + JsonSchema>(bytes: &[u8]) -> Result<T, Problem> {
    strict::check(bytes).map_err(|fault| match fault {
        Fault::Syntax(message) => {
            Problem::new(Code::MalformedJson, format!("the body is not JSON: {message}"))
        }
        Fault::TooDeep => Problem::new(
            Code::InvalidBody,
            format!("arrays and objects may be nested {} deep", strict::DEPTH),
        ),
        Fault::DuplicateKey(key) => {
            let message = format!("the key `{}` stands twice in one object", shortened(&key));
            Problem::new(Code::InvalidBody, message)
        }
    })?;
    if !is_object(bytes) {
        return Err(Problem::new(Code::InvalidBody, "the body must be a JSON object"));
    }
    by_path(bytes).map_err(|first| Problem::validation(all_wrong::<T>(bytes, first)))
}

/// A field that cannot be read: where it is, and what serde says of it.
struct Wrong {
    path: Path,
    message: String,
}

fn by_path<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Wrong> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(Keyed::new(&mut deserializer)).map_err(|error| {
        let path = error.path().clone();
        let message = error.into_inner().to_string();
        // The path says where; line and column would only say it again.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
        Wrong { path, message: message.to_owned() }
    })
}

/// Every field that is wrong, as far as one can be told from the next: serde stops at the first, so that one is taken
/// out and the rest is read again. Of those that are missing it names one; the schema knows the others.
fn all_wrong<T: DeserializeOwned + JsonSchema>(bytes: &[u8], first: Wrong) -> Vec<FieldError> {
    let mut rest: Option<Value> = serde_json::from_slice(bytes).ok();
    let (mut found, mut next) = (Vec::new(), Some(first));
    while let Some(wrong) = next.take() {
        let field = misread::<T>(&wrong.path, &wrong.message);
        // What was taken out is missing, and that is not the caller's fault.
        if found.iter().any(|known: &FieldError| known.field == field.field) {
            break;
        }
        found.push(field);
        if wrong.message.starts_with(MISSING) && wrong.path.iter().next().is_none() {
            found.extend(missing::<T>(rest.as_ref(), &found));
            break;
        }
        next = rest.as_mut().filter(|_| found.len() < MOST).and_then(|rest| {
            take_out(rest, &wrong)?;
            by_path::<T>(&serde_json::to_vec(rest).ok()?).err()
        });
    }
    found
}

/// The fields that a body needs and neither has nor was told of.
fn missing<T: JsonSchema>(rest: Option<&Value>, told: &[FieldError]) -> Vec<FieldError> {
    let schema = schema_for!(T);
    let needed = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let needed = needed.filter_map(Value::as_str).filter(|name| {
        rest.is_some_and(|rest| rest.get(name).is_none())
            && told.iter().all(|known| known.field != *name)
    });
    needed.map(|name| FieldError::new(name, "required", format!("{name} is required"))).collect()
}

/// Takes a wrong field out. Nothing where one is missing, and of an array, whose other entries would move.
fn take_out(whole: &mut Value, wrong: &Wrong) -> Option<()> {
    if wrong.message.starts_with(MISSING) {
        return None;
    }
    let mut way: Vec<Segment> = wrong.path.iter().cloned().collect();
    if let Some(key) = unknown(&wrong.message)
        && way.last().and_then(key_of) != Some(key)
    {
        way.push(Segment::Map { key: key.to_owned() });
    }
    let (last, parents) = way.split_last()?;
    let mut place = whole;
    for parent in parents {
        place = match parent {
            Segment::Map { key } => place.get_mut(key)?,
            Segment::Seq { index } => place.get_mut(*index)?,
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    place.as_object_mut()?.remove(key_of(last)?).map(drop)
}

fn key_of(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Map { key } => Some(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
