//! Links in mails: `<person>.<kind>.<HMAC-SHA256 of both, base64url>`. They do not expire, because a
//! mail may be read years later, and grant nothing but to end mails of that kind to that person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;
use sha2::Sha256;

/// The text that says whom and which kind.
pub(super) fn write(key: &[u8; 32], user: UserId, kind: NotificationKind) -> Option<String> {
    let said = format!("{}.{kind}", user.0.simple());
    let seal = URL_SAFE_NO_PAD.encode(seal(key, &said)?.finalize().into_bytes());
    Some(format!("{said}.{seal}"))
}

/// What such a text says, if it was written with this key.
pub(super) fn read(key: &[u8; 32], text: &str) -> Option<(UserId, NotificationKind)> {
    let (said, shown) = text.rsplit_once('.')?;
    let shown = URL_SAFE_NO_PAD.decode(shown).ok()?;
    seal(key, said)?.verify_slice(&shown).ok()?;
    let (user, kind) = said.split_once('.')?;
    Some((UserId(user.parse().ok()?), NotificationKind::parse(kind)?))
}

fn seal(key: &[u8; 32], said: &str) -> Option<Hmac<Sha256>> {
    let mut seal = Hmac::<Sha256>::new_from_slice(key).ok()?;
    seal.update(b"rishi unsubscribe ");
    seal.update(said.as_bytes());
    Some(seal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_whom_and_what_and_nobody_else_can_write_one() {
        let (key, user) = ([7; 32], UserId(uuid::Uuid::from_u128(5)));
        let kind = NotificationKind::BookingCreated;
        let text = write(&key, user, kind).unwrap();
        assert_eq!(read(&key, &text), Some((user, kind)));
        assert_eq!(read(&[8; 32], &text), None);
        let other = text.replace("booking_created", "booking_approved");
        assert_eq!(read(&key, &other), None);
        for damaged in ["", ".", "..", &text[..text.len() - 1], &text[1..]] {
            assert_eq!(read(&key, damaged), None, "{damaged}");
        }
    }
}
