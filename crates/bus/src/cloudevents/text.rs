//! Texts in the form that attributes demand, and back.

use std::fmt::Write;

/// `source` as a path: `/`, then the source with everything percent-encoded that a path (RFC 3986,
/// section 3.3) cannot hold. A slash at its start would make what follows a host, so it is encoded.
pub(super) fn to_path(source: &str) -> String {
    let mut path = String::with_capacity(source.len() + 1);
    path.push('/');
    for (index, byte) in source.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric()
            || b"-._~!$&'()*+,;=:@".contains(&byte)
            || (byte == b'/' && index > 0);
        if plain {
            path.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

/// The source that became `path`; nothing when none did.
pub(crate) fn from_path(path: &str) -> Option<String> {
    let mut rest = path.strip_prefix('/')?.bytes();
    let mut source = Vec::with_capacity(path.len());
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
            source.push(u8::try_from(value).ok()?);
        } else {
            source.push(byte);
        }
    }
    String::from_utf8(source).ok()
}

/// JSON without what a String attribute must not hold: control characters and noncharacters. The
/// first kind stands between JSON's tokens, where a blank does as well; the others stand in strings
/// and are escaped.
pub(super) fn to_string(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\0'..='\x1f' => text.push(' '),
            _ if is_forbidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
            _ => text.push(c),
        }
    }
    text
}

/// Control characters (C0, DEL and C1) and Unicode's noncharacters.
pub(super) fn is_forbidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control() || (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}
