//! A notification as a mail: the same words, and beneath them why the person gets it and how to end it.

use minijinja::HtmlEscape;

use super::language::Language;
use super::mail::Letter;
use super::port::Parcel;

/// The mail that a notification is sent as.
pub(super) fn write(parcel: &Parcel, unsubscribe: String) -> Letter {
    let language = Language::of(&parcel.user.locale);
    let told = &parcel.notification;
    let (because, end) = closing(language, &parcel.organization);
    let escaped = |text: &str| HtmlEscape(text).to_string().replace('\n', "<br>");
    let html = format!(
        "<!doctype html><html lang=\"{}\"><body style=\"font-family:sans-serif\"><h1 \
         style=\"font-size:1.2em\">{}</h1><p>{}</p><hr><p style=\"font-size:.8em;color:#555\">{} <a \
         href=\"{}\">{}</a></p></body></html>\n",
        language.tag(),
        escaped(&told.title),
        escaped(&told.message),
        escaped(&because),
        HtmlEscape(&unsubscribe),
        escaped(end),
    );
    let text = format!("{}\n\n-- \n{because}\n{end}: {unsubscribe}\n", told.message);
    Letter {
        id: told.id,
        written_at: told.created_at,
        to_name: parcel.user.display_name.clone(),
        to: parcel.user.email.clone(),
        subject: told.title.clone(),
        text,
        html,
        language: language.tag(),
        unsubscribe,
    }
}

/// Why somebody gets a mail, and what the link that ends them is called.
fn closing(language: Language, organization: &str) -> (String, &'static str) {
    match language {
        Language::English => (
            format!("You receive this because you work with {organization}."),
            "Stop e-mails of this kind",
        ),
        Language::German => (
            format!("Sie erhalten diese Nachricht, weil Sie mit {organization} arbeiten."),
            "Keine solchen E-Mails mehr",
        ),
        Language::Spanish => (
            format!("Recibe este mensaje porque trabaja con {organization}."),
            "No recibir más correos de este tipo",
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rishi_domain::id::{NotificationId, OrganizationId, UserId};
    use rishi_domain::notification::{Channel, Delivery, DeliveryOutcome, Notification};
    use rishi_domain::user::{User, UserStatus};
    use uuid::Uuid;

    use super::*;

    fn parcel(title: &str, message: &str) -> Parcel {
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
                created_at: now,
                updated_at: now,
            },
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
        assert_eq!((letter.language, letter.to.as_str()), ("es", "ana@example.com"));
    }
}
