//! Secrets that have to be read again, as they lie in the database: encrypted and bound to their place.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under one key of the installation, which is not in the
//! database. What is sealed reads `1`, 24 random bytes (the nonce), ciphertext with tag; the place for
//! which it was sealed is authenticated with it, so that a secret that is moved to another row does not
//! open.

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::Sha256;

use crate::Error;

/// The length of a key, in bytes.
pub const KEY_LENGTH: usize = 32;
/// How what is sealed begins: the way in which it was.
const FORM: u8 = 1;
const NONCE_LENGTH: usize = 24;

/// What secrets are derived from the key under.
const DERIVING: &[u8] = b"rishi key for derived secrets";

/// Seals and opens secrets, if it was given a key.
#[derive(Clone, Default)]
pub struct Sealer(Option<Keys>);

#[derive(Clone)]
struct Keys {
    cipher: XChaCha20Poly1305,
    /// Of a key of its own, so that nothing that is derived tells of the other.
    deriving: Hmac<Sha256>,
}

impl Sealer {
    /// With this key.
    pub fn new(key: &[u8; KEY_LENGTH]) -> Self {
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let deriving = keyed(key).and_then(|outer| keyed(&over(outer, DERIVING)));
        Self(deriving.map(|deriving| Keys { cipher, deriving }))
    }

    /// The secret of a name, such as `sign-in-link/<id>`: the same each time, and nobody's to guess who does
    /// not have the key. So it need not be kept anywhere to be made once more.
    pub fn derive(&self, name: &str) -> Result<[u8; 32], Error> {
        Ok(over(self.keys()?.deriving.clone(), name.as_bytes()))
    }

    /// A new key from the operating system's randomness.
    pub fn generate_key() -> Result<[u8; KEY_LENGTH], Error> {
        random()
    }

    /// Encrypts `secret` for a place, such as `webhook/<id>`.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_LENGTH] = random()?;
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let sealed =
            self.cipher()?.encrypt(&XNonce::from(nonce), payload).map_err(|_| damaged())?;
        Ok([&[FORM], &nonce[..], &sealed].concat())
    }

    /// What was sealed for the place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let rest = sealed.strip_prefix(&[FORM]).ok_or_else(damaged)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or_else(damaged)?;
        let payload = Payload { msg: text, aad: place.as_bytes() };
        self.cipher()?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged())
    }

    fn cipher(&self) -> Result<&XChaCha20Poly1305, Error> {
        Ok(&self.keys()?.cipher)
    }

    fn keys(&self) -> Result<&Keys, Error> {
        let missing = || Error::Unavailable("there is no key to keep secrets under".to_owned());
        self.0.as_ref().ok_or_else(missing)
    }
}

/// HMAC takes a key of any length, so there always is one.
fn keyed(key: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::new_from_slice(key).ok()
}

fn over(mut mac: Hmac<Sha256>, text: &[u8]) -> [u8; 32] {
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// So many random bytes.
fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0_u8; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|source| Error::Internal(Box::new(source)))?;
    Ok(bytes)
}

/// The cipher says no more than that.
#[derive(Debug, thiserror::Error)]
#[error("a secret in the database does not open: it was damaged, or sealed under another key")]
struct Damaged;

fn damaged() -> Error {
    Error::Internal(Box::new(Damaged))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&[7; KEY_LENGTH])
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let sealed = sealer().seal("webhook/1", b"whsec").unwrap();
        assert_eq!(sealer().open("webhook/1", &sealed).unwrap(), b"whsec");
        assert!(sealer().open("webhook/2", &sealed).is_err());
        assert!(Sealer::new(&[8; KEY_LENGTH]).open("webhook/1", &sealed).is_err());
        assert!(!sealed.windows(5).any(|part| part == b"whsec"));
    }

    #[test]
    fn the_same_secret_is_sealed_otherwise_each_time() {
        assert_ne!(sealer().seal("a", b"b").unwrap(), sealer().seal("a", b"b").unwrap());
    }

    #[test]
    fn any_bit_that_changed_is_found() {
        let sealed = sealer().seal("a", b"secret").unwrap();
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(sealer().open("a", &damaged).is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(sealer().open("a", &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn what_is_derived_is_the_same_for_a_name_and_a_key_alone() {
        let derived = |key: u8, name| Sealer::new(&[key; KEY_LENGTH]).derive(name).unwrap();
        assert_eq!(derived(7, "link/1"), derived(7, "link/1"));
        assert_ne!(derived(7, "link/1"), derived(7, "link/2"));
        assert_ne!(derived(7, "link/1"), derived(8, "link/1"));
        assert!(matches!(Sealer::default().derive("a"), Err(Error::Unavailable(_))));
    }

    #[test]
    fn without_a_key_nothing_is_sealed() {
        assert!(matches!(Sealer::default().seal("a", b"b"), Err(Error::Unavailable(_))));
    }
}
