//! Links in mails: `<person>.<kind>.<HMAC-SHA256 of both, base64url>`, with `all` for the kind in a daily mail.
//! They do not expire, because a mail may be read years later, and grant nothing but to end such mails to that
//! person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;
use sha2::Sha256;

/// Stands for every kind.
const ALL: &str = "all";

/// Which mails a link ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Those of a kind.
    Kind(NotificationKind),
    /// Every one: those of a daily mail, which would come one by one otherwise.
    All,
}

/// The text that says whom and which.
pub(super) fn write(key: &[u8; 32], user: UserId, ended: Ended) -> Option<String> {
    let kind = match ended {
        Ended::Kind(kind) => kind.as_str(),
        Ended::All => ALL,
    };
    let said = format!("{}.{kind}", user.0.simple());
    let seal = URL_SAFE_NO_PAD.encode(seal(key, &said)?.finalize().into_bytes());
    Some(format!("{said}.{seal}"))
}

/// What such a text says, if it was written with this key.
pub(super) fn read(key: &[u8; 32], text: &str) -> Option<(UserId, Ended)> {
    let (said, shown) = text.rsplit_once('.')?;
    let shown = URL_SAFE_NO_PAD.decode(shown).ok()?;
    seal(key, said)?.verify_slice(&shown).ok()?;
    let (user, kind) = said.split_once('.')?;
    let ended = match kind {
        ALL => Ended::All,
        kind => Ended::Kind(NotificationKind::parse(kind)?),
    };
    Some((UserId(user.parse().ok()?), ended))
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
        let kind = Ended::Kind(NotificationKind::BookingCreated);
        let text = write(&key, user, kind).unwrap();
        assert_eq!(read(&key, &text), Some((user, kind)));
        assert_eq!(read(&[8; 32], &text), None);
        for other in ["booking_approved", "all"] {
            assert_eq!(read(&key, &text.replace("booking_created", other)), None);
        }
        for damaged in ["", ".", "..", &text[..text.len() - 1], &text[1..]] {
            assert_eq!(read(&key, damaged), None, "{damaged}");
        }
        let all = write(&key, user, Ended::All).unwrap();
        assert_eq!(read(&key, &all), Some((user, Ended::All)));
    }
}
