//! W3C trace context, version 00 (`traceparent`).

use std::fmt;

use uuid::Uuid;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) trace: [u8; 16],
    pub(super) span: [u8; 8],
    /// Whether it is kept.
    pub(super) sampled: bool,
}

impl Context {
    /// The beginning of a trace.
    pub(super) fn root(trace: Uuid, span: Uuid) -> Self {
        Self { trace: trace.into_bytes(), span: half(span), sampled: true }
    }

    /// A part of this one.
    pub(super) fn child(&self, span: Uuid) -> Self {
        Self { span: half(span), ..*self }
    }

    /// A context as it is written; nothing for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let fits = version == "00" && trace.len() == 32 && span.len() == 16 && flags.len() == 2;
        if !fits || parts.next().is_some() {
            return None;
        }
        let trace = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        Some(Self { trace: trace.to_be_bytes(), span: span.to_be_bytes(), sampled: flags & 1 == 1 })
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (u128::from_be_bytes(self.trace), u64::from_be_bytes(self.span));
        write!(f, "00-{trace:032x}-{span:016x}-{:02x}", u8::from(self.sampled))
    }
}

/// The half of an id that is random.
fn half(id: Uuid) -> [u8; 8] {
    id.as_u64_pair().1.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_context_is_read_as_it_is_written() {
        assert_eq!(Context::parse(TEXT).unwrap().to_string(), TEXT);
        let unkept = TEXT.replace("-01", "-00");
        assert_eq!(Context::parse(&unkept).unwrap().to_string(), unkept);
        for bad in ["", "x", "00-0-0-01", &TEXT.replace("00f067aa0ba902b7", "0000000000000000")] {
            assert_eq!(Context::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_part_stands_in_the_same_trace_and_is_kept_as_its_whole_is() {
        let whole = Context::parse(TEXT).unwrap();
        let part = whole.child(Uuid::from_u128(7));
        assert_eq!((part.trace, part.sampled), (whole.trace, true));
        assert_ne!(part.span, whole.span);
    }
}
