//! Conditional requests (RFC 9110, section 13): `If-Match` and `If-None-Match` over versions.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ReferenceOr};
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::document;
use crate::problem::{Code, Problem};

/// No entity has this version, so it stands for a tag that matches none.
const NEVER: u64 = 0;

/// What `If-Match` demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// Nothing: the header is absent.
    Absent,
    /// That the entity is there: `*`.
    Any,
    /// That the entity is at this version.
    Version(u64),
}

impl IfMatch {
    /// The version that must be current, if one is demanded.
    pub(crate) fn version(self) -> Option<u64> {
        match self {
            Self::Version(version) => Some(version),
            Self::Absent | Self::Any => None,
        }
    }

    /// Refuses when nothing is demanded.
    pub(crate) fn required(self) -> Result<Self, Problem> {
        if self == Self::Absent {
            let detail = "send If-Match with the ETag that you read, so that no change is lost";
            return Err(Problem::new(Code::PreconditionRequired, detail));
        }
        Ok(self)
    }

    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(header::IF_MATCH).iter();
        let Some(value) = values.next() else { return Ok(Self::Absent) };
        let text = value.to_str().map(str::trim).unwrap_or_default();
        if values.next().is_some() {
            return Err(malformed());
        }
        if text == "*" {
            return Ok(Self::Any);
        }
        let (weak, tag) = text.strip_prefix("W/").map_or((false, text), |tag| (true, tag));
        let opaque = opaque(tag).ok_or_else(malformed)?;
        // A weak tag never matches here, and neither does one that is no version of ours.
        Ok(Self::Version(if weak { NEVER } else { version(opaque).unwrap_or(NEVER) }))
    }

    /// Tells the document.
    pub(super) fn describe(operation: &mut Operation, required: bool) {
        let parameter = document::header(
            "If-Match",
            "The ETag that the change rests on, or `*`. When another version is current, nothing \
             changes and the answer is 412.",
            required,
            schemars::json_schema!({
                "type": "string", "pattern": "^(\\*|(W/)?\"[!#-~]*\")$", "examples": ["\"1\""],
            }),
        );
        operation.parameters.push(ReferenceOr::Item(parameter));
    }
}

fn malformed() -> Problem {
    let message = "If-Match takes one entity tag in quotes, as in \"3\", or *";
    Problem::field("If-Match", "invalid", message)
}

/// What stands between an entity tag's quotes.
fn opaque(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    let allowed = |byte: u8| byte == b'!' || (b'#'..=b'~').contains(&byte);
    inner.bytes().all(allowed).then_some(inner)
}

/// The version that a tag of ours stands for: decimal digits without a leading zero.
fn version(opaque: &str) -> Option<u64> {
    let plain = opaque.bytes().all(|byte| byte.is_ascii_digit()) && !opaque.starts_with('0');
    if plain { opaque.parse().ok() } else { None }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

impl OperationInput for IfMatch {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Self::describe(operation, false);
        document::refuses(ctx, operation, &[400, 412]);
    }
}

/// The versions that the reader has already: answered with 304 when one is current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    /// Whether the reader has this version. Weak comparison; what is malformed matches nothing.
    pub(crate) fn has(&self, current: u64) -> bool {
        self.any(|opaque| version(opaque) == Some(current))
    }

    /// The same of what has a tag that is no version.
    pub(crate) fn is(&self, current: &str) -> bool {
        self.any(|opaque| opaque == current)
    }

    fn any(&self, current: impl Fn(&str) -> bool) -> bool {
        let Some(text) = &self.0 else { return false };
        let tag = |tag: &str| {
            let tag = tag.trim();
            opaque(tag.strip_prefix("W/").unwrap_or(tag)).is_some_and(&current)
        };
        text.trim() == "*" || text.split(',').any(tag)
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let text = parts.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self(text.map(str::to_owned)))
    }
}

impl OperationInput for IfNoneMatch {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        let parameter = document::header(
            "If-None-Match",
            "ETags that the reader has; 304 without a body when one is current.",
            false,
            schemars::json_schema!({ "type": "string", "examples": ["\"1\""] }),
        );
        operation.parameters.push(ReferenceOr::Item(parameter));
        document::unchanged(operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(values: &[&str]) -> Result<IfMatch, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, value.parse().unwrap());
        }
        IfMatch::of(&headers).map_err(|problem| problem.code())
    }

    #[test]
    fn a_strong_tag_demands_its_version_and_a_star_any() {
        assert_eq!(if_match(&[]), Ok(IfMatch::Absent));
        assert_eq!(if_match(&["\"3\""]), Ok(IfMatch::Version(3)));
        assert_eq!(if_match(&["*"]), Ok(IfMatch::Any));
    }

    #[test]
    fn a_weak_or_foreign_tag_matches_no_version() {
        for tag in ["W/\"3\"", "\"abc\"", "\"03\"", "\"+3\"", "\"\"", "\"99999999999999999999\""] {
            assert_eq!(if_match(&[tag]), Ok(IfMatch::Version(NEVER)), "{tag}");
        }
    }

    #[test]
    fn what_is_no_single_tag_is_refused() {
        for tag in ["3", "\"3", "", "\"1\", \"2\"", "w/\"3\"", "\"a b\""] {
            assert_eq!(if_match(&[tag]), Err(Code::ValidationFailed), "{tag}");
        }
        assert_eq!(if_match(&["\"1\"", "\"1\""]), Err(Code::ValidationFailed));
    }

    #[test]
    fn a_change_without_if_match_is_asked_for_one() {
        let refused = IfMatch::Absent.required().unwrap_err();
        assert_eq!(refused.code(), Code::PreconditionRequired);
        assert_eq!(IfMatch::Any.required().unwrap(), IfMatch::Any);
    }

    #[test]
    fn a_reader_has_a_version_by_any_of_its_tags() {
        let has = |text: &str| IfNoneMatch(Some(text.to_owned())).has(3);
        assert!(has("\"3\"") && has("W/\"3\"") && has("\"1\", \"3\"") && has("*"));
        assert!(IfNoneMatch(Some("\"a\", W/\"b\"".to_owned())).is("b"));
        assert!(!has("\"2\"") && !has("3") && !has("\"1\",,") && !IfNoneMatch(None).has(3));
    }
}
