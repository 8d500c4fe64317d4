//! The opaque cursor of a deep reading: base64url of `<sort>|<kind><key>|<id>`.
//!
//! It names the order it belongs to, so that it cannot be continued in another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rishi_app::bookings::{Cursor, CursorKey};

use super::list::SortBy;

/// A cursor's text.
pub(super) fn write(sort: SortBy, cursor: &Cursor) -> String {
    let key = match &cursor.key {
        CursorKey::Integer(number) => format!("i{number}"),
        CursorKey::Text(text) => format!("t{text}"),
    };
    // The key comes last: a text may hold anything.
    URL_SAFE_NO_PAD.encode(format!("{}|{}|{key}", sort.word(), cursor.id))
}

/// The cursor that a text stands for, when it belongs to this order.
pub(super) fn read(sort: SortBy, text: &str) -> Option<Cursor> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = decoded.splitn(3, '|');
    let (word, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key = match key.split_at_checked(1)? {
        ("i", number) => CursorKey::Integer(number.parse().ok()?),
        ("t", text) => CursorKey::Text(text.to_owned()),
        _ => return None,
    };
    (word == sort.word()).then_some(Cursor { key, id: id.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use rishi_domain::id::BookingId;
    use uuid::Uuid;

    use super::*;

    fn cursor(key: CursorKey) -> Cursor {
        Cursor { key, id: BookingId(Uuid::from_u128(5)) }
    }

    #[test]
    fn a_cursor_reads_back_what_it_writes() {
        for key in [
            CursorKey::Integer(1_800_000_000_000_000),
            CursorKey::Integer(-1),
            CursorKey::Text(String::new()),
            CursorKey::Text("a|b ü 🌿|i7".to_owned()),
        ] {
            let cursor = cursor(key);
            for sort in [SortBy::Title, SortBy::ScheduledStartDescending] {
                assert_eq!(read(sort, &write(sort, &cursor)), Some(cursor.clone()));
            }
        }
    }

    #[test]
    fn a_cursor_of_another_order_or_a_damaged_one_is_refused() {
        let text = write(SortBy::Title, &cursor(CursorKey::Text("x".into())));
        assert_eq!(read(SortBy::TitleDescending, &text), None);
        assert_eq!(read(SortBy::Title, &text[1..]), None);
        for text in ["", "!", "aGVsbG8", &URL_SAFE_NO_PAD.encode("title|x|t")] {
            assert_eq!(read(SortBy::Title, text), None, "{text}");
        }
    }
}
