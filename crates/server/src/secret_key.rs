//! The key under which secrets are kept: from the configuration, or from a file beside the database.
//!
//! Guarantee: the file is made with the database's first server, whole or not at all, and nobody but its
//! owner may read it (mode 0600). Two processes that start at once end up with the same key.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rishi_app::sealing::{KEY_LENGTH, Sealer};

use crate::config::{Config, SecretKey};
use crate::failure::Failure;

/// What keeps secrets on this configuration.
pub(crate) fn sealer(config: &Config) -> Result<Sealer, Failure> {
    if let Some(SecretKey(key)) = &config.secret_key {
        return Ok(Sealer::new(key));
    }
    let Some(database) = config.database.file() else {
        return Err(Failure::Refused(
            "secret_key is missing: on a PostgreSQL database every process needs the same one; \
             `openssl rand -base64 32` makes one"
                .to_owned(),
        ));
    };
    Ok(Sealer::new(&read_or_make(&beside(database))?))
}

/// `rishi.db.key` beside `rishi.db`.
pub(crate) fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

fn read_or_make(path: &Path) -> Result<[u8; KEY_LENGTH], Failure> {
    let broken = |what: &str, error: io::Error| {
        Failure::broken(format!("cannot {what} the key file {}", path.display()), error)
    };
    match fs::read_to_string(path) {
        Ok(text) => return parsed(path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(broken("read", error)),
    }
    let key = Sealer::generate_key().map_err(Failure::refusal)?;
    match make(path, &STANDARD.encode(key)) {
        Ok(()) => Ok(key),
        // Another process was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let text = fs::read_to_string(path).map_err(|error| broken("read", error))?;
            parsed(path, &text)
        }
        Err(error) => Err(broken("write", error)),
    }
}

/// Writes the file under another name first: under its own it is there as a whole.
fn make(path: &Path, text: &str) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A link, unlike a new name, never takes the place of a file that is there.
        fs::hard_link(&draft, path)
    });
    fs::remove_file(&draft)?;
    written
}

fn parsed(path: &Path, text: &str) -> Result<[u8; KEY_LENGTH], Failure> {
    let key = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    key.ok_or_else(|| {
        Failure::Refused(format!(
            "the key file {} holds no key; put the one back that belongs to this database",
            path.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("rishi.db"));
        assert!(path.ends_with("rishi.db.key"));
        let made = read_or_make(&path).unwrap();
        assert_eq!(read_or_make(&path).unwrap(), made);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            let permissions = fs::metadata(&path).unwrap().permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_that_somebody_else_has_made_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "theirs").unwrap();
        assert_eq!(make(&path, "ours").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        let refused = read_or_make(&path).unwrap_err().message();
        assert!(refused.contains("holds no key"), "{refused}");
    }
}
