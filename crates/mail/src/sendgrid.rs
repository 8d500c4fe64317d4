//! `SendGrid`'s HTTP API (v3, `mail/send`), behind the same port as SMTP.
//!
//! It answers 202 when it has taken a mail. What it will never take as things are (a key that is not good, a
//! mail that is too large) is the operator's matter: 4xx but 408 and 429. All else may be better later, at the time
//! that `Retry-After` names. Whether a mail reached its receiver it tells elsewhere, which nothing here hears.

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use lettre::message::Mailbox;
use rishi_app::notifications::mail::{Letter, Mailer, Undelivered};
use rishi_app::operations::external::ExternalProbe;
use rishi_outbound::{Answer, Client, Failure, Reach};
use rishi_resilience::{CallError, Circuit, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::WrongSettings;
use crate::message::{message_id, plain, said_in_headers};
use crate::smtp::mailbox;

/// Where it is, unless told otherwise.
pub const ADDRESS: &str = "https://api.sendgrid.com";
/// So much of an answer is read, for what it says went wrong.
const ANSWER_MAX: usize = 4_096;
/// So much of that is kept.
const REASON_MAX: usize = 300;

/// The service.
pub struct SendGrid {
    client: Client,
    base: String,
    key: HeaderValue,
    sender: Mailbox,
    circuit: Arc<Circuit>,
}

impl SendGrid {
    /// The service at `base` for whoever has this key; mail goes from `sender`, behind its circuit.
    pub fn new(
        base: &str,
        key: &str,
        sender: &str,
        circuit: Arc<Circuit>,
    ) -> Result<Self, WrongSettings> {
        // Whoever names this machine means it: a stand-in beside the platform.
        let reach = Reach { loopback: Reach::default().check(base).is_err() };
        reach.check(base).map_err(|why| WrongSettings(format!("{base:?}: {why}")))?;
        let client = Client::new(reach).map_err(|error| WrongSettings(error.to_string()))?;
        let mut key = bearer(key)?;
        key.set_sensitive(true);
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { client, base, key, sender: mailbox(sender)?, circuit })
    }

    async fn ask(&self, method: Method, path: &str, body: String) -> Result<Answer, Failure> {
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, self.key.clone()),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ]);
        let url = format!("{}{path}", self.base);
        self.client.call(method, &url, headers, body, ANSWER_MAX).await
    }
}

/// Whether a text can be a key.
pub fn check_key(key: &str) -> Result<(), WrongSettings> {
    bearer(key).map(drop)
}

fn bearer(key: &str) -> Result<HeaderValue, WrongSettings> {
    let fits = !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
    let value = HeaderValue::try_from(format!("Bearer {key}")).ok().filter(|_| fits);
    value.ok_or_else(|| WrongSettings("this is no key of SendGrid's".to_owned()))
}

#[async_trait]
impl Mailer for SendGrid {
    async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let body = written(letter, &self.sender).to_string();
        let asked = self.ask(Method::POST, "/v3/mail/send", body);
        let answer = match self.circuit.call(asked, judged).await {
            Ok(answer) => answer,
            Err(CallError::Open(refused)) => return Err(Undelivered::Down(refused.retry_after)),
            Err(CallError::Failed(error)) => return Err(failed(error.to_string())),
            Err(error @ CallError::TimedOut(_)) => return Err(failed(error.to_string())),
        };
        match answer.status {
            200..300 => Ok(()),
            408 | 429 | 500.. => {
                Err(Undelivered::Failed { after: answer.retry_after(), why: explained(&answer) })
            }
            _ => Err(Undelivered::Rejected(explained(&answer))),
        }
    }
}

#[async_trait]
impl ExternalProbe for SendGrid {
    fn name(&self) -> &'static str {
        "sendgrid"
    }

    /// Asks what the key may do, which costs nothing.
    async fn probe(&self) -> Result<(), String> {
        let answer = self.ask(Method::GET, "/v3/scopes", String::new()).await;
        let answer = answer.map_err(|failure| failure.to_string())?;
        match answer.status {
            401 | 500.. => Err(explained(&answer)),
            _ => Ok(()),
        }
    }
}

/// A service that answers works, unless it says that it does not.
fn judged(answer: &Result<Answer, Failure>) -> Verdict {
    match answer {
        Ok(answer) if answer.status >= 500 => {
            Verdict::Failed(format!("SendGrid answered {}", answer.status))
        }
        Ok(_) => Verdict::Works,
        Err(Failure::Forbidden(_)) => Verdict::Nothing,
        Err(failure) => Verdict::Failed(failure.to_string()),
    }
}

fn failed(why: String) -> Undelivered {
    Undelivered::Failed { why, after: None }
}

/// A letter as the service wants it: its text comes first, then what is shown rather if it can be.
fn written(letter: &Letter, sender: &Mailbox) -> Value {
    let mut headers: serde_json::Map<String, Value> = said_in_headers(letter)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    // The same for each attempt, so that its receiver knows a repetition.
    headers.insert("Message-ID".to_owned(), message_id(letter, sender).into());
    let mut from = json!({ "email": sender.email.to_string() });
    if let Some(name) = &sender.name {
        from["name"] = name.as_str().into();
    }
    let mut to = json!({ "email": letter.to });
    let name = plain(&letter.to_name);
    if !name.is_empty() {
        to["name"] = name.into();
    }
    // Nothing of the mail is replaced by links of the service's own, which would tell it who reads what.
    let off = json!({ "enable": false });
    json!({
        "personalizations": [{ "to": [to] }],
        "from": from,
        "subject": plain(&letter.subject),
        "content": [
            { "type": "text/plain", "value": letter.text },
            { "type": "text/html", "value": letter.html },
        ],
        "headers": headers,
        "custom_args": { "rishi_id": letter.id.to_string() },
        "tracking_settings": {
            "click_tracking": off, "open_tracking": off, "subscription_tracking": off,
        },
    })
}

/// What it says went wrong.
#[derive(Deserialize)]
struct Said {
    errors: Vec<Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    message: String,
}

/// The status, and the first thing that it says went wrong.
fn explained(answer: &Answer) -> String {
    let said: Option<Said> = serde_json::from_slice(&answer.body).ok();
    let first = said.and_then(|said| said.errors.into_iter().next()).map(|wrong| wrong.message);
    let status = answer.status;
    match first {
        Some(message) => {
            let message: String = plain(&message).chars().take(REASON_MAX).collect();
            format!("SendGrid answered {status}: {message}")
        }
        None => format!("SendGrid answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::tests::letter;

    #[test]
    fn a_letter_says_who_what_and_how_to_end_it() {
        let sender: Mailbox = "Rishi <rishi@example.org>".parse().unwrap();
        let written = written(&letter("Neue\r\nBuchung", "Ana"), &sender);
        assert_eq!(written["personalizations"][0]["to"][0]["email"], "ana@example.com");
        assert_eq!(written["from"], json!({ "email": "rishi@example.org", "name": "Rishi" }));
        assert_eq!(written["subject"], "Neue Buchung");
        assert_eq!(written["content"][1], json!({ "type": "text/html", "value": "<p>ü</p>" }));
        let headers = &written["headers"];
        let link = "<https://rishi.example/api/unsubscribe/x.y.z>";
        assert_eq!(headers["List-Unsubscribe"], link);
        assert_eq!(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
        assert_eq!(headers["Content-Language"], "de");
        let id = "<0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f@example.org>";
        assert_eq!(headers["Message-ID"], id);
    }

    #[test]
    fn what_went_wrong_is_one_line() {
        let answer = |body: &str| Answer {
            status: 400,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        let said = r#"{"errors":[{"message":"no\nsubject","field":"subject","help":null}]}"#;
        assert_eq!(explained(&answer(said)), "SendGrid answered 400: no subject");
        assert_eq!(explained(&answer("<html>")), "SendGrid answered 400");
    }

    #[test]
    fn a_key_is_one_word() {
        check_key("SG.abc-DEF_1").unwrap();
        for key in ["", "SG abc", "SG.a\r\nX-Y: z", "ключ"] {
            assert!(check_key(key).is_err(), "{key:?}");
        }
    }
}
