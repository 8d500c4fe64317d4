//! A person's daily mail: all of it that is still true, oldest first.

use jiff::Timestamp;
use rishi_domain::user::User;
use uuid::Uuid;

use super::{Closing, escaped, heading, letter, paragraph};
use crate::notifications::language::Language;
use crate::notifications::mail::Letter;
use crate::notifications::port::Parcel;

/// So many are told in full; of more it says how many there are.
const TOLD_MAX: usize = 100;

/// The mail that these are sent as, at the time that it was due.
pub(in crate::notifications) fn daily(
    id: Uuid,
    due: Timestamp,
    user: &User,
    parcels: &[Parcel],
    unsubscribe: String,
) -> Letter {
    let language = Language::of(&user.locale);
    let subject = subject(language, parcels.len());
    let (mut text, mut html) = (vec![subject.clone()], vec![heading(&subject)]);
    for parcel in parcels.iter().take(TOLD_MAX) {
        let (told, organization) = (&parcel.notification, &parcel.organization);
        let when = language.instant(told.created_at, &user.timezone).unwrap_or_default();
        let below = format!("{when} · {organization}");
        text.push(format!("* {}\n{}\n{below}", told.title, told.message));
        let title = escaped(&told.title);
        html.push(format!("<h2 style=\"font-size:1em\">{title}</h2>"));
        html.push(paragraph(&told.message));
        let below = escaped(&below);
        html.push(format!("<p style=\"font-size:.8em;color:#555\">{below}</p>"));
    }
    let more = parcels.len().saturating_sub(TOLD_MAX);
    if more > 0 {
        let more = others(language, more);
        html.push(paragraph(&more));
        text.push(more);
    }
    let (text, html) = (text.join("\n\n"), html.concat());
    let closing =
        Closing { because: because(language).to_owned(), end: Some((end(language), unsubscribe)) };
    Letter { written_at: due, subject, ..letter(id, user, language, (&text, &html), closing) }
}

fn subject(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "Your day: 1 message".to_owned(),
        (Language::English, _) => format!("Your day: {count} messages"),
        (Language::German, 1) => "Ihr Tag: 1 Nachricht".to_owned(),
        (Language::German, _) => format!("Ihr Tag: {count} Nachrichten"),
        (Language::Spanish, 1) => "Su día: 1 mensaje".to_owned(),
        (Language::Spanish, _) => format!("Su día: {count} mensajes"),
    }
}

fn others(language: Language, count: usize) -> String {
    match language {
        Language::English => format!("{count} more are in your inbox."),
        Language::German => format!("{count} weitere stehen in Ihrem Posteingang."),
        Language::Spanish => format!("Hay {count} más en su bandeja de entrada."),
    }
}

const fn because(language: Language) -> &'static str {
    match language {
        Language::English => "You receive this because you asked for one mail a day.",
        Language::German => "Sie erhalten diese Nachricht, weil Sie eine E-Mail am Tag wünschen.",
        Language::Spanish => "Recibe este mensaje porque pidió un correo al día.",
    }
}

const fn end(language: Language) -> &'static str {
    match language {
        Language::English => "Stop all e-mails about notifications",
        Language::German => "Gar keine Benachrichtigungen per E-Mail mehr",
        Language::Spanish => "No recibir más notificaciones por correo",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parcel;
    use super::*;

    #[test]
    fn each_is_told_with_whose_it_is_and_its_time_and_nothing_is_markup() {
        let parcels = [parcel("<b>", "first"), parcel("Second", "then")];
        let link = "https://rishi.example/api/unsubscribe/x".to_owned();
        let due = "2026-07-03T08:00:00Z".parse().unwrap();
        let mail = daily(Uuid::nil(), due, &parcels[0].user, &parcels, link.clone());
        assert_eq!((mail.subject.as_str(), mail.written_at), ("Su día: 2 mensajes", due));
        let (first, then) = (mail.text.find("first"), mail.text.find("then"));
        assert!(first < then && first.is_some(), "{}", mail.text);
        assert!(mail.text.contains("jue 1 ene 1970, 00:00 UTC · Green & Leaf"), "{}", mail.text);
        assert!(!mail.html.contains("<b>") && mail.html.contains("Green &amp; Leaf"));
        assert_eq!(mail.unsubscribe, Some(link));
    }

    #[test]
    fn of_very_many_it_says_how_many_there_are() {
        let parcels = vec![parcel("T", "each"); TOLD_MAX + 7];
        let mail =
            daily(Uuid::nil(), Timestamp::UNIX_EPOCH, &parcels[0].user, &parcels, String::new());
        assert_eq!(mail.text.matches("each").count(), TOLD_MAX);
        assert!(mail.text.contains("Hay 7 más"), "{}", mail.text);
    }
}
