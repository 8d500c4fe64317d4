//! What is published where.

use uuid::Uuid;

use crate::Envelope;

/// Everything that was relayed.
pub const EVENTS: &str = "rishi.events.>";
/// Everything that others publish for the platform.
pub const INGRESS: &str = "rishi.ingress.>";
/// A node has sequenced something: the position, as text.
pub const WAKE: &str = "rishi.wake";
/// Stands for the organization of an event that belongs to none.
pub const PLATFORM: &str = "platform";

/// The event's id, by which the broker knows what it has.
pub const ID: &str = "Nats-Msg-Id";
/// The event's position.
pub const POSITION: &str = "Rishi-Position";
/// The position of the event that was relayed before it.
pub const PREVIOUS: &str = "Rishi-Previous-Position";

/// Where an event is published: `rishi.events.<organization>.<type>`.
pub fn of(event: &Envelope) -> String {
    let organization = event.organization_id.map(|id| id.to_string());
    let organization = organization.as_deref().unwrap_or(PLATFORM);
    format!("rishi.events.{organization}.{}", token(&event.event_type))
}

/// A text as one token: what NATS gives a meaning to, and what is not printable ASCII, becomes `_`.
pub fn token(text: &str) -> String {
    let plain = |c: char| match c {
        '.' | '*' | '>' => '_',
        c if c.is_ascii_graphic() => c,
        _ => '_',
    };
    let token: String = text.chars().map(plain).collect();
    if token.is_empty() { "_".to_owned() } else { token }
}

/// The organization and the type that a message from others is published under:
/// `rishi.ingress.<organization>.<type>`.
pub fn ingress(subject: &str) -> Option<(Uuid, &str)> {
    let (organization, event_type) = subject.strip_prefix("rishi.ingress.")?.split_once('.')?;
    // One spelling alone, so that what the broker allows is what is meant.
    let id = Uuid::try_parse(organization).ok().filter(|id| id.to_string() == organization)?;
    (!event_type.is_empty() && !event_type.contains('.')).then_some((id, event_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_subject_cannot_be_in_a_token() {
        for (text, expected) in [
            ("BOOKING_CREATED", "BOOKING_CREATED"),
            ("a.b*c>d e\tf\u{e9}", "a_b_c_d_e_f_"),
            ("", "_"),
        ] {
            assert_eq!(token(text), expected);
        }
    }

    #[test]
    fn a_message_of_others_names_an_organization_and_a_type() {
        let id = Uuid::from_u128(7);
        assert_eq!(ingress(&format!("rishi.ingress.{id}.EXTERNAL_X")), Some((id, "EXTERNAL_X")));
        for wrong in [
            format!("rishi.ingress.{}.EXTERNAL_X", id.simple()),
            format!("rishi.ingress.{}.EXTERNAL_X", id.to_string().replace('0', "A")),
            format!("rishi.ingress.{id}"),
            format!("rishi.ingress.{id}."),
            format!("rishi.ingress.{id}.A.B"),
            format!("rishi.events.{id}.A"),
            "rishi.ingress.platform.A".to_owned(),
        ] {
            assert_eq!(ingress(&wrong), None, "{wrong}");
        }
    }
}
