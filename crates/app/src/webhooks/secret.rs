//! What signs deliveries: `whsec_` and 32 random bytes in base64, as Standard Webhooks writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rishi_domain::id::WebhookId;
use standardwebhooks::Webhook;

use crate::Error;
use crate::sealing::Sealer;

const PREFIX: &str = "whsec_";

/// A secret of an endpoint's. It is shown once.
#[derive(Clone)]
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// A new secret from the operating system's randomness.
    pub(super) fn generate() -> Result<Self, Error> {
        Sealer::generate_key().map(Self)
    }

    /// The text to be shown.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    /// As it is stored.
    pub(super) fn sealed(&self, sealer: &Sealer, id: WebhookId) -> Result<Vec<u8>, Error> {
        sealer.seal(&place(id), &self.0)
    }
}

/// What it was sealed for.
fn place(id: WebhookId) -> String {
    format!("webhook/{id}")
}

/// Whether a sealed secret of an endpoint's can be read under this key.
pub fn opens(sealer: &Sealer, id: WebhookId, stored: &[u8]) -> bool {
    sealer.open(&place(id), stored).is_ok()
}

/// The signatures of a message by each of the sealed secrets, as the header `webhook-signature` has them.
pub(super) fn signatures(
    sealer: &Sealer,
    id: WebhookId,
    secrets: impl IntoIterator<Item = impl AsRef<[u8]>>,
    (message, timestamp, body): (&str, i64, &str),
) -> Result<String, Error> {
    let sign = |secret: &[u8]| {
        let key = sealer.open(&place(id), secret)?;
        let signed = Webhook::from_bytes(key)
            .and_then(|webhook| webhook.sign(message, timestamp, body.as_bytes()));
        signed.map_err(|error| Error::Internal(Box::new(error)))
    };
    let signatures: Result<Vec<String>, Error> =
        secrets.into_iter().map(|secret| sign(secret.as_ref())).collect();
    Ok(signatures?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_signs_as_the_specification_s_example_does() {
        // The example of Standard Webhooks' own test suites.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (sealer, id) = (Sealer::new(&[1; 32]), WebhookId(uuid::Uuid::nil()));
        let kept = sealer.seal(&place(id), &key).unwrap();
        let message = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        let signed = signatures(&sealer, id, [&kept], message).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signatures(&sealer, id, [&kept, &kept], message).unwrap();
        assert_eq!(both, format!("{signed} {signed}"));
    }

    #[test]
    fn a_new_secret_has_256_bits_and_its_prefix() {
        let secret = WebhookSecret::generate().unwrap().reveal();
        assert_eq!(STANDARD.decode(secret.strip_prefix(PREFIX).unwrap()).unwrap().len(), 32);
        assert_ne!(secret, WebhookSecret::generate().unwrap().reveal());
    }
}
