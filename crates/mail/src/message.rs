//! A letter as a MIME message (RFC 5322, RFC 2045): text and HTML, both in base64, so that no line of
//! theirs means anything to the protocol.

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use rishi_app::notifications::mail::Letter;

/// A letter that cannot be written: its address is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritable {
    /// The receiver's address.
    #[error("the address is not one that mail can be sent to: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// Something else.
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
}

/// The message that a letter is sent as, from `sender`.
pub(crate) fn write(letter: &Letter, sender: &Mailbox) -> Result<Message, Unwritable> {
    let address: Address = letter.to.parse()?;
    let to = Mailbox::new(Some(plain(&letter.to_name)), address);
    let part = |kind: ContentType, text: &str| {
        let part = SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64);
        part.body(text.to_owned())
    };
    let body = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    let mut message = Message::builder()
        .from(sender.clone())
        .to(to)
        .subject(plain(&letter.subject))
        .date(std::time::SystemTime::from(letter.written_at))
        .message_id(Some(message_id(letter, sender)))
        .multipart(body)?;
    let headers = message.headers_mut();
    for (name, value) in said_in_headers(letter) {
        let name = HeaderName::new_from_ascii_str(name);
        headers.insert_raw(HeaderValue::new(name, value));
    }
    Ok(message)
}

/// What a letter says in headers beside those that every mail has.
pub(crate) fn said_in_headers(letter: &Letter) -> Vec<(&'static str, String)> {
    let mut said = vec![
        // RFC 3834: nobody's holiday notice answers.
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("Content-Language", letter.language.clone()),
    ];
    if let Some(link) = &letter.unsubscribe {
        // RFC 2369 and RFC 8058.
        said.push(("List-Unsubscribe", format!("<{link}>")));
        said.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    said
}

/// The same for each attempt, so that its receiver knows a repetition.
pub(crate) fn message_id(letter: &Letter, sender: &Mailbox) -> String {
    format!("<{}@{}>", letter.id, sender.email.domain())
}

/// A text without control characters: lettre panics at some of them in a name.
pub(crate) fn plain(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn letter(subject: &str, name: &str) -> Letter {
        Letter {
            id: "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f".parse().unwrap(),
            written_at: "2026-07-03T12:00:00Z".parse().unwrap(),
            to_name: name.to_owned(),
            to: "ana@example.com".to_owned(),
            subject: subject.to_owned(),
            text: ".\r\nQUIT\r\n.".to_owned(),
            html: "<p>ü</p>".to_owned(),
            language: "de".to_owned(),
            unsubscribe: Some("https://rishi.example/api/unsubscribe/x.y.z".to_owned()),
        }
    }

    fn written(letter: &Letter) -> String {
        let sender: Mailbox = "Rishi <rishi@example.org>".parse().unwrap();
        String::from_utf8(write(letter, &sender).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_message_says_who_when_and_how_to_end_it_and_is_the_same_each_time() {
        let text = written(&letter("Neue Buchung", "Ana"));
        for line in [
            "From: Rishi <rishi@example.org>\r\n",
            "To: Ana <ana@example.com>\r\n",
            "Subject: Neue Buchung\r\n",
            "Message-ID: <0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f@example.org>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Language: de\r\n",
            "List-Unsubscribe: <https://rishi.example/api/unsubscribe/x.y.z>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "Date: Fri, 03 Jul 2026 12:00:00 ",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert_eq!(text.matches("Content-Transfer-Encoding: base64\r\n").count(), 2, "{text}");
        assert!(!text.contains("QUIT"), "no line of a body is seen by the protocol");
    }

    #[test]
    fn no_name_or_title_makes_another_header() {
        let text = written(&letter("a\r\nBcc: eve@example.com", "Ana\r\nBcc: eve@example.com"));
        assert!(!text.contains("\r\nBcc:"), "{text}");
    }

    #[test]
    fn what_is_no_address_is_told() {
        let letter = Letter { to: "nobody".to_owned(), ..letter("x", "y") };
        let sender: Mailbox = "rishi@example.org".parse().unwrap();
        assert!(matches!(write(&letter, &sender), Err(Unwritable::Address(_))));
    }
}
