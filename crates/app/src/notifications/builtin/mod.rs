//! The texts that are there before anybody writes others.

use rishi_domain::notification::NotificationKind;

use super::language::Language;

mod de;
mod en;
mod es;

/// The title and the message of a kind, as templates.
pub fn texts(language: Language, kind: NotificationKind) -> (&'static str, &'static str) {
    match language {
        Language::English => en::texts(kind),
        Language::German => de::texts(kind),
        Language::Spanish => es::texts(kind),
    }
}
