//! The mail with a one-time link: the one place beside the browser where its secret stands.

use jiff::Timestamp;
use minijinja::HtmlEscape;
use rishi_domain::event::LinkPurpose;
use rishi_domain::user::User;
use uuid::Uuid;

use super::{Closing, heading, letter, paragraph};
use crate::notifications::language::Language;
use crate::notifications::mail::Letter;

/// A link that is to be mailed.
pub(crate) struct SignIn<'a> {
    /// The link's id, the same for each attempt.
    pub(crate) id: Uuid,
    /// When it was made.
    pub(crate) made_at: Timestamp,
    /// Until when it works.
    pub(crate) expires_at: Timestamp,
    /// What it is for.
    pub(crate) purpose: LinkPurpose,
    /// The address to be opened.
    pub(crate) address: String,
    /// To whom.
    pub(crate) user: &'a User,
    /// Where the person works.
    pub(crate) organization: &'a str,
}

/// The mail that it is sent as.
pub(crate) fn sign_in(link: &SignIn<'_>) -> Letter {
    let SignIn { user, organization, .. } = link;
    let language = Language::of(&user.locale);
    let until = language.instant(link.expires_at, &user.timezone);
    let until = until.unwrap_or_else(|| link.expires_at.to_string());
    let words = words(language, link.purpose, organization, &until);
    let address = &link.address;
    let text = format!("{}\n\n{address}\n\n{}", words.invites, words.limits);
    let html = heading(&words.subject)
        + &paragraph(&words.invites)
        + &format!("<p><a href=\"{}\">{}</a></p>", HtmlEscape(address), HtmlEscape(words.button))
        + &paragraph(&words.limits);
    let closing = Closing { because: words.otherwise.to_owned(), end: None };
    Letter {
        written_at: link.made_at,
        subject: words.subject,
        ..letter(link.id, user, language, (&text, &html), closing)
    }
}

struct Words {
    subject: String,
    /// What the link is for.
    invites: String,
    /// What the link is called.
    button: &'static str,
    /// How long and how often it works.
    limits: String,
    /// What to do with it when one did not want it.
    otherwise: &'static str,
}

fn words(language: Language, purpose: LinkPurpose, organization: &str, until: &str) -> Words {
    match language {
        Language::English => Words {
            subject: match purpose {
                LinkPurpose::Invitation => format!("Your access to {organization}"),
                LinkPurpose::Reset => "Choose another password".to_owned(),
            },
            invites: match purpose {
                LinkPurpose::Invitation => {
                    format!("You were invited to work with {organization}. Choose a password:")
                }
                LinkPurpose::Reset => {
                    "A link was asked for by which you choose another password:".to_owned()
                }
            },
            button: "Choose a password",
            limits: format!("The link works once, until {until}, and only the newest one does."),
            otherwise: "If you did not expect this, you need not do anything.",
        },
        Language::German => Words {
            subject: match purpose {
                LinkPurpose::Invitation => format!("Ihr Zugang zu {organization}"),
                LinkPurpose::Reset => "Neues Passwort wählen".to_owned(),
            },
            invites: match purpose {
                LinkPurpose::Invitation => format!(
                    "Sie sind eingeladen, mit {organization} zu arbeiten. Wählen Sie ein Passwort:"
                ),
                LinkPurpose::Reset => "Für Sie wurde ein Link angefordert, mit dem Sie ein neues \
                                       Passwort wählen:"
                    .to_owned(),
            },
            button: "Passwort wählen",
            limits: format!("Der Link gilt einmal, bis {until}, und nur der neueste gilt."),
            otherwise: "Haben Sie das nicht erwartet, brauchen Sie nichts zu tun.",
        },
        Language::Spanish => Words {
            subject: match purpose {
                LinkPurpose::Invitation => format!("Su acceso a {organization}"),
                LinkPurpose::Reset => "Elija otra contraseña".to_owned(),
            },
            invites: match purpose {
                LinkPurpose::Invitation => {
                    format!("Le han invitado a trabajar con {organization}. Elija una contraseña:")
                }
                LinkPurpose::Reset => {
                    "Se ha pedido un enlace para que elija otra contraseña:".to_owned()
                }
            },
            button: "Elegir una contraseña",
            limits: format!(
                "El enlace sirve una vez, hasta {until}, y solo sirve el más reciente."
            ),
            otherwise: "Si no lo esperaba, no tiene que hacer nada.",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parcel;
    use super::*;

    #[test]
    fn the_link_stands_in_the_mail_in_the_persons_language_and_on_their_clock() {
        let user = parcel("", "").user;
        for (locale, purpose, subject, until) in [
            ("en", LinkPurpose::Invitation, "Your access to <Leaf>", "Fri 10 Jul 2026, 06:00 MDT"),
            ("de", LinkPurpose::Reset, "Neues Passwort wählen", "Fr 10. Juli 2026, 06:00 MDT"),
            ("es", LinkPurpose::Invitation, "Su acceso a <Leaf>", "vie 10 jul 2026, 06:00 MDT"),
        ] {
            let timezone = "America/Denver".to_owned();
            let user = User { locale: locale.to_owned(), timezone, ..user.clone() };
            let mail = sign_in(&SignIn {
                id: Uuid::nil(),
                made_at: "2026-07-03T12:00:00Z".parse().unwrap(),
                expires_at: "2026-07-10T12:00:00Z".parse().unwrap(),
                purpose,
                address: "https://rishi.example/#/link/abc".to_owned(),
                user: &user,
                organization: "<Leaf>",
            });
            assert_eq!(mail.subject, subject);
            assert!(mail.text.contains("\nhttps://rishi.example/#/link/abc\n"), "{}", mail.text);
            assert!(mail.text.contains(until), "{}", mail.text);
            assert!(
                mail.html
                    .contains("href=\"https:&#x2f;&#x2f;rishi.example&#x2f;#&#x2f;link&#x2f;abc\""),
                "{}",
                mail.html
            );
            assert!(!mail.html.contains("<Leaf>"));
            assert_eq!(mail.unsubscribe, None);
        }
    }
}
