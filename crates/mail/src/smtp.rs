//! SMTP (RFC 5321), with TLS from the beginning (`smtps:`) or by STARTTLS (`smtp:…?tls=required`).

use std::sync::Arc;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rishi_app::notifications::mail::{Letter, Mailer, Undelivered};
use rishi_app::operations::external::ExternalProbe;
use rishi_resilience::{CallError, Circuit, Verdict};

use crate::{WrongSettings, message};

/// What the server says when it does not know the platform: the operator's matter, not the receiver's.
const SIGN_IN: [u16; 4] = [530, 534, 535, 538];

/// A server that takes mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
    circuit: Arc<Circuit>,
}

impl Smtp {
    /// The server at `url`, to which mail goes from `sender`, behind its circuit.
    pub fn new(url: &str, sender: &str, circuit: Arc<Circuit>) -> Result<Self, WrongSettings> {
        let transport = transport(url)?.timeout(Some(circuit.timeout())).build();
        Ok(Self { transport, sender: mailbox(sender)?, circuit })
    }
}

/// Whether an address of a server can be used.
pub fn check_url(url: &str) -> Result<(), WrongSettings> {
    transport(url).map(drop)
}

/// Whether mail can come from this address.
pub fn check_sender(sender: &str) -> Result<(), WrongSettings> {
    mailbox(sender).map(drop)
}

fn transport(
    url: &str,
) -> Result<lettre::transport::smtp::AsyncSmtpTransportBuilder, WrongSettings> {
    // The error would show the password in the address.
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
        let what = "this is no address of a mail server; write e.g. \
                    smtp://user:password@mail.example.com:587?tls=required or smtps://mail.example.com";
        WrongSettings(what.to_owned())
    })
}

pub(crate) fn mailbox(sender: &str) -> Result<Mailbox, WrongSettings> {
    sender.parse().map_err(|error| {
        let example = "write e.g. Rishi <rishi@example.com>";
        WrongSettings(format!("{sender:?} is no sender ({error}); {example}"))
    })
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let message = message::write(letter, &self.sender)
            .map_err(|error| Undelivered::Refused(error.to_string()))?;
        let sent = self.circuit.call(self.transport.send(message), |sent| match sent {
            // A server that answers works, whatever it answers.
            Ok(_) => Verdict::Works,
            Err(error) if error.status().is_some_and(|code| !is_sign_in(code.into())) => {
                Verdict::Works
            }
            Err(error) => Verdict::Failed(described(error)),
        });
        match sent.await {
            Ok(_) => Ok(()),
            Err(CallError::Open(refused)) => Err(Undelivered::Down(refused.retry_after)),
            Err(CallError::Failed(error)) if is_final(&error) => {
                Err(Undelivered::Refused(described(&error)))
            }
            Err(CallError::Failed(error)) => Err(failed(described(&error))),
            Err(error @ CallError::TimedOut(_)) => Err(failed(error.to_string())),
        }
    }
}

#[async_trait]
impl ExternalProbe for Smtp {
    fn name(&self) -> &'static str {
        "smtp"
    }

    /// Signs in and says nothing (`NOOP`).
    async fn probe(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the server does not take mail now".to_owned()),
            Err(error) => Err(described(&error)),
        }
    }
}

fn failed(why: String) -> Undelivered {
    Undelivered::Failed { why, after: None }
}

/// Whether the server will never take this letter.
fn is_final(error: &Error) -> bool {
    error.is_permanent() && error.status().is_some_and(|code| !is_sign_in(code.into()))
}

fn is_sign_in(code: u16) -> bool {
    SIGN_IN.contains(&code)
}

/// What went wrong, with its cause, for whoever runs the platform.
fn described(error: &Error) -> String {
    let cause = std::error::Error::source(error);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_checked_and_a_wrong_one_does_not_show_its_password() {
        for url in
            ["smtp://127.0.0.1:2525", "smtps://u:p@mail.example.com", "smtp://h?tls=required"]
        {
            check_url(url).unwrap();
        }
        for url in ["http://u:secret@example.com", "mail.example.com", "smtp://h?tls=perhaps"] {
            let error = check_url(url).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
        check_sender("Rishi <rishi@example.com>").unwrap();
        assert!(check_sender("Rishi").is_err());
    }
}
