//! What people are told, as mails: the words, and beneath them why the person gets it and how to end it.
//!
//! All that is filled into HTML is escaped here, but for what a template of an organization's has made, whose
//! values were escaped when it was filled in.

use minijinja::HtmlEscape;
use rishi_domain::user::User;
use uuid::Uuid;

use super::language::Language;
use super::mail::Letter;
use super::port::Parcel;

mod daily;
mod sign_in;

pub(super) use daily::daily;
pub(crate) use sign_in::{SignIn, sign_in};

/// What stands at the end of a mail.
struct Closing {
    /// Why somebody gets it.
    because: String,
    /// How mails like it end: what the link is called, and where it leads.
    end: Option<(&'static str, String)>,
}

/// The mail that a notification is sent as.
pub(super) fn write(parcel: &Parcel, unsubscribe: String) -> Letter {
    let language = Language::of(&parcel.user.locale);
    let told = &parcel.notification;
    let closing = Closing {
        because: because(language, &parcel.organization),
        end: Some((end(language), unsubscribe)),
    };
    let html =
        parcel.html.clone().unwrap_or_else(|| heading(&told.title) + &paragraph(&told.message));
    Letter {
        written_at: told.created_at,
        subject: told.title.clone(),
        ..letter(told.id.0, &parcel.user, language, (&told.message, &html), closing)
    }
}

/// A mail with these words, text and HTML, and its end.
fn letter(
    id: Uuid,
    user: &User,
    language: Language,
    (text, html): (&str, &str),
    closing: Closing,
) -> Letter {
    let Closing { because, end } = closing;
    let (mut foot, mut below) = (escaped(&because), because);
    if let Some((called, link)) = &end {
        foot = format!("{foot} <a href=\"{}\">{}</a>", HtmlEscape(link), escaped(called));
        below = format!("{below}\n{called}: {link}");
    }
    let text = format!("{text}\n\n-- \n{below}\n");
    let html = format!(
        "<!doctype html><html lang=\"{}\"><body style=\"font-family:sans-serif\">{html}<hr><p \
         style=\"font-size:.8em;color:#555\">{foot}</p></body></html>\n",
        language.tag(),
    );
    Letter {
        id,
        written_at: jiff::Timestamp::UNIX_EPOCH,
        to_name: user.display_name.clone(),
        to: user.email.clone(),
        subject: String::new(),
        text,
        html,
        language: language.tag().to_owned(),
        unsubscribe: end.map(|(_, link)| link),
    }
}

fn escaped(text: &str) -> String {
    HtmlEscape(text).to_string().replace('\n', "<br>")
}

fn heading(text: &str) -> String {
    format!("<h1 style=\"font-size:1.2em\">{}</h1>", escaped(text))
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}

/// Why somebody gets a mail.
fn because(language: Language, organization: &str) -> String {
    match language {
        Language::English => format!("You receive this because you work with {organization}."),
        Language::German => {
            format!("Sie erhalten diese Nachricht, weil Sie mit {organization} arbeiten.")
        }
        Language::Spanish => format!("Recibe este mensaje porque trabaja con {organization}."),
    }
}

/// What the link is called that ends mails of a kind.
const fn end(language: Language) -> &'static str {
    match language {
        Language::English => "Stop e-mails of this kind",
        Language::German => "Keine solchen E-Mails mehr",
        Language::Spanish => "No recibir más correos de este tipo",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::Timestamp;
    use rishi_domain::id::{NotificationId, OrganizationId, UserId};
    use rishi_domain::notification::{Channel, Delivery, DeliveryOutcome, Notification};
    use rishi_domain::user::{User, UserStatus};
    use uuid::Uuid;

    use super::*;

    pub(in super::super) fn parcel(title: &str, message: &str) -> Parcel {
        let (now, user) = (Timestamp::UNIX_EPOCH, UserId(Uuid::from_u128(2)));
        let (id, organization) = (NotificationId(Uuid::nil()), OrganizationId(Uuid::nil()));
        Parcel {
            notification: Notification {
                id,
                user_id: user,
                organization_id: organization,
                kind: "booking_created".to_owned(),
                title: title.to_owned(),
                message: message.to_owned(),
                related_entity_type: "booking".to_owned(),
                related_entity_id: Uuid::nil(),
                read_at: None,
                created_at: now,
            },
            delivery: Delivery {
                notification_id: id,
                user_id: user,
                organization_id: organization,
                channel: Channel::Email,
                outcome: DeliveryOutcome::Pending,
                reason: None,
                attempts: 0,
                due_at: None,
                digest: false,
                template_error: None,
                created_at: now,
                updated_at: now,
            },
            html: None,
            user: User {
                id: user,
                email: "ana@example.com".to_owned(),
                display_name: "Ana".to_owned(),
                status: UserStatus::Active,
                locale: "es-MX".to_owned(),
                timezone: "UTC".to_owned(),
                created_at: now,
                updated_at: now,
                version: 1,
            },
            organization: "Green & Leaf".to_owned(),
            booking: None,
        }
    }

    #[test]
    fn what_a_title_holds_is_text_in_both_forms_of_the_mail() {
        let parcel = parcel("<script>x</script>", "a\nb & <img src=x>");
        let letter = write(&parcel, "https://rishi.example/api/unsubscribe/x".to_owned());
        assert!(letter.text.starts_with("a\nb & <img src=x>\n"), "{}", letter.text);
        assert!(!letter.html.contains("<script") && !letter.html.contains("<img"));
        assert!(letter.html.contains("a<br>b &amp; &lt;img"), "{}", letter.html);
        assert!(letter.text.contains("Recibe este mensaje porque trabaja con Green & Leaf."));
        assert_eq!((letter.language.as_str(), letter.to.as_str()), ("es", "ana@example.com"));
    }

    #[test]
    fn html_of_an_organizations_own_takes_the_place_of_title_and_text() {
        let parcel = Parcel { html: Some("<b>Own</b>".to_owned()), ..parcel("Title", "Text") };
        let letter = write(&parcel, "https://rishi.example/api/unsubscribe/x".to_owned());
        assert!(letter.html.contains("<b>Own</b><hr>"), "{}", letter.html);
        assert!(!letter.html.contains("Title") && letter.html.contains("unsubscribe&#x2f;x\">"));
        assert!(letter.text.starts_with("Text\n") && letter.subject == "Title");
    }
}
