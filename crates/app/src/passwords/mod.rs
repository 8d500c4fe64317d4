//! Passwords: Argon2id with 47 MiB, one pass, one lane (OWASP's second recommended profile).

use std::sync::Arc;

use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRngCore;
use rand::rngs::OsRng;
use rishi_domain::error::{Checks, Invalid};
use rishi_domain::user::User;
use tokio::sync::Semaphore;

use crate::error::Error;

mod choose;

pub(crate) use choose::changed;

/// Memory in KiB.
const MEMORY: u32 = 47 * 1024;
/// How many are hashed at a time: what they hold together is bounded.
const AT_A_TIME: usize = 2;
/// How many may wait for their turn.
const WAITING: usize = 256;

/// Fewest and most characters of a password.
pub const LENGTH: std::ops::RangeInclusive<usize> = 15..=128;

/// The hash of a password that nobody knows, made like all others: what is verified for an account that
/// has none, so that the answer takes as long.
pub(crate) const NOBODYS: &str = "$argon2id$v=19$m=48128,t=1,p=1$2m/Tsg2NRyghgFS6nofMAw$Ug5pzF+GLEIgf9rePOAdGdtWRW9lallkant3vHwfHY4";

/// Checks a new password of a person: its length in characters, and that it is not among those that are
/// tried first (common passwords, names and words, repetitions, walks over the keyboard, and whatever
/// stands in the person's own address and name).
pub fn check(field: &str, password: &str, user: &User) -> Result<(), Invalid> {
    let mut checks = Checks::new();
    let fits = LENGTH.contains(&password.chars().count());
    checks.require(
        fits,
        field,
        "length",
        format!("a password has {} to {} characters", LENGTH.start(), LENGTH.end()),
    );
    checks.require(
        !fits || !is_guessable(password, user),
        field,
        "guessable",
        "this password is easily guessed; take more words, or less common ones",
    );
    checks.done()
}

/// Whether fewer than 10^8 guesses find it, by the estimate of zxcvbn (Wheeler, USENIX Security 2016).
fn is_guessable(password: &str, user: &User) -> bool {
    let apart = |c: char| !c.is_alphanumeric();
    let own = user.email.split(apart).chain(user.display_name.split(apart));
    let words: Vec<&str> =
        own.filter(|word| word.len() > 2).chain([user.email.as_str(), "rishi"]).collect();
    zxcvbn::zxcvbn(password, &words).score() < zxcvbn::Score::Three
}

/// A password that nobody can guess and anybody can type: 100 random bits in four groups.
pub fn generate() -> Result<String, Error> {
    /// Without what is easily taken for something else: 0, 1, l, o.
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 20];
    OsRng.try_fill_bytes(&mut bytes).map_err(|source| Error::Internal(Box::new(source)))?;
    let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    Ok(letters.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// The PHC string of a password, with a salt of its own. Takes tens of milliseconds and 47 MiB:
/// call it by [`Hashing`].
pub fn hash(password: &str) -> Result<String, Error> {
    argon2()?
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| fault(&error))
}

/// Whether a password is the one that was hashed. Takes as long as hashing.
pub fn verify(password: &str, hash: &str) -> Result<bool, Error> {
    match argon2()?.verify_password(password.as_bytes(), hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(fault(&error)),
    }
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY, 1, 1, None).map_err(|error| fault(&error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn fault(error: &impl std::fmt::Display) -> Error {
    Error::Internal(format!("cannot hash the password: {error}").into())
}

/// Where passwords are hashed: on threads that nothing else waits for, few at a time, and no endless
/// queue before them.
#[derive(Debug)]
pub struct Hashing {
    /// Places at work and in the queue.
    places: Semaphore,
    /// Places at work.
    work: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            places: Semaphore::new(AT_A_TIME + WAITING),
            work: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }
}

impl Hashing {
    /// Does `work` when it is its turn. Work that was begun is finished, whether or not somebody waits
    /// for it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let busy = || Error::Unavailable("too many passwords are being checked".to_owned());
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let turn = Arc::clone(&self.work).acquire_owned().await.map_err(|_| busy())?;
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.map_err(|error| Error::Internal(Box::new(error)))
    }

    /// How many are being hashed or wait for it.
    pub fn pending(&self) -> usize {
        (AT_A_TIME + WAITING).saturating_sub(self.places.available_permits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_has_its_own_salt() {
        let hash_of = |text| hash(text).unwrap();
        let one = hash_of("correct horse battery");
        assert!(one.starts_with("$argon2id$v=19$m=48128,t=1,p=1$"), "{one}");
        assert_ne!(one, hash_of("correct horse battery"));
    }

    #[test]
    fn the_right_password_alone_is_right_and_nobodys_is_nobodys() {
        let hash = hash("correct horse battery").unwrap();
        assert!(verify("correct horse battery", &hash).unwrap());
        assert!(!verify("correct horse batterz", &hash).unwrap());
        assert!(!verify("", NOBODYS).unwrap());
        // The work is the same: the parameters are.
        assert_eq!(hash.split('$').nth(3), NOBODYS.split('$').nth(3));
        assert_eq!(hash.len(), NOBODYS.len());
        assert!(verify("x", "no hash").is_err());
    }

    fn ana() -> User {
        let noon = jiff::Timestamp::UNIX_EPOCH;
        User {
            id: rishi_domain::id::UserId(uuid::Uuid::nil()),
            email: "ana.trujillo@juniper.example".to_owned(),
            display_name: "Ana Trujillo".to_owned(),
            status: rishi_domain::user::UserStatus::Active,
            locale: "en".to_owned(),
            timezone: "UTC".to_owned(),
            created_at: noon,
            updated_at: noon,
            version: 1,
        }
    }

    fn refused(password: &str) -> Vec<&'static str> {
        let Err(Invalid(errors)) = check("password", password, &ana()) else { return Vec::new() };
        assert!(errors.iter().all(|error| error.field == "password"));
        errors.iter().map(|error| error.code).collect()
    }

    #[test]
    fn a_generated_password_is_good_and_no_other() {
        let one = generate().unwrap();
        assert_eq!((one.len(), refused(&one)), (23, vec![]), "{one}");
        assert_ne!(one, generate().unwrap());
    }

    #[test]
    fn a_password_has_15_to_128_characters() {
        assert_eq!(refused("wet heron clay"), ["length"]);
        assert_eq!(refused("wet heron clay."), [""; 0]);
        assert_eq!(refused(&"é wet heron clay ".repeat(8)), ["length"]);
        assert_eq!(refused(""), ["length"]);
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "passwordpassword",
            "qwertyuiopasdfgh",
            "aaaaaaaaaaaaaaaaaaaa",
            "123456789012345678",
            "abcabcabcabcabcabc",
            "ana.trujillo@juniper.example",
            "Trujillo Trujillo 1",
            "rishirishirishi",
        ] {
            assert_eq!(refused(password), ["guessable"], "{password}");
        }
        for password in ["four herons argue about rain", "Der Regen fällt auf Hühner"] {
            assert_eq!(refused(password), [""; 0], "{password}");
        }
    }

    #[tokio::test]
    async fn two_are_hashed_at_a_time_and_who_finds_no_place_is_sent_away() {
        let hashing = Arc::new(Hashing::default());
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let most = Arc::new(std::sync::Mutex::new((0_usize, 0_usize)));
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..AT_A_TIME + WAITING {
            let (hashing, gate, most) =
                (Arc::clone(&hashing), Arc::clone(&gate), Arc::clone(&most));
            running.spawn(async move {
                let work = move || {
                    {
                        let mut most = most.lock().unwrap();
                        most.0 += 1;
                        most.1 = most.1.max(most.0);
                    }
                    gate.lock().unwrap().recv().unwrap();
                    most.lock().unwrap().0 -= 1;
                };
                hashing.run(work).await
            });
        }
        while hashing.pending() < AT_A_TIME + WAITING {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hashing.run(|| ()).await, Err(Error::Unavailable(_))));
        for _ in 0..AT_A_TIME + WAITING {
            release.send(()).unwrap();
        }
        while let Some(done) = running.join_next().await {
            done.unwrap().unwrap();
        }
        assert!(most.lock().unwrap().1 <= AT_A_TIME);
        assert_eq!(hashing.pending(), 0);
    }
}
