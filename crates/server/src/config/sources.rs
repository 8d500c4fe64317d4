//! Where values come from, layer over layer.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment2::providers::{Format, Toml};
use figment2::value::{Dict, Map, Value};
use figment2::{Figment, Metadata, Profile, Provider};

use super::{Key, Problem};

/// The source of a value that nobody set.
pub(super) const DEFAULT: &str = "default";

const FILE: &str = "rishi.toml";
const PREFIX: &str = "RISHI_";
const FROM_FILE: &str = "_FILE";

/// Everything that may hold configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    /// The file given with `--config`; `rishi.toml` in `folder` when there is none.
    pub(crate) file: Option<PathBuf>,
    /// The working directory.
    pub(crate) folder: PathBuf,
    /// The environment.
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// Flags that were given: key, flag, value.
    pub(crate) flags: Vec<(Key, &'static str, String)>,
}

/// All layers, read but not yet understood.
#[derive(Debug)]
pub(crate) struct Settings {
    figment: Figment,
    /// Names that mean nothing, each with its source.
    pub(crate) unknown: Vec<(String, String)>,
    /// What could not even be read.
    pub(super) problems: Vec<Problem>,
}

/// One value from one place.
struct Layer {
    source: String,
    key: Key,
    value: Value,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment2::Error> {
        let dict = Dict::from([(self.key.name().to_owned(), self.value.clone())]);
        Ok(Map::from([(Profile::Default, dict)]))
    }
}

impl Settings {
    /// Reads all sources.
    pub(crate) fn gather(sources: &Sources) -> Self {
        let mut settings =
            Self { figment: Figment::new(), unknown: Vec::new(), problems: Vec::new() };
        for key in Key::ALL {
            if let Some(text) = key.default() {
                settings.put(key, DEFAULT.to_owned(), text.into());
            }
        }
        settings.read_file(sources);
        settings.read_environment(sources);
        for (key, flag, value) in &sources.flags {
            settings.put(*key, (*flag).to_owned(), value.clone().into());
        }
        settings
    }

    /// The effective value of a key.
    pub(super) fn text(&self, key: Key) -> Result<Option<String>, Problem> {
        match self.figment.find_value(key.name()) {
            Err(_) => Ok(None),
            Ok(Value::String(_, text)) => Ok(Some(text)),
            Ok(_) => Err(Problem {
                key: Some(key.name().to_owned()),
                source: self.source(key),
                message: "the value must be a text in quotes".to_owned(),
            }),
        }
    }

    /// Where the effective value of a key comes from.
    pub(super) fn source(&self, key: Key) -> String {
        let metadata = self.figment.find_metadata(key.name());
        metadata.map_or_else(|| DEFAULT.to_owned(), |found| found.name.clone().into_owned())
    }

    fn put(&mut self, key: Key, source: String, value: Value) {
        self.figment = std::mem::take(&mut self.figment).merge(Layer { source, key, value });
    }

    fn refuse(&mut self, key: Option<&str>, source: &str, message: String) {
        let key = key.map(ToOwned::to_owned);
        self.problems.push(Problem { key, source: source.to_owned(), message });
    }

    fn read_file(&mut self, sources: &Sources) {
        let path = sources.file.clone().unwrap_or_else(|| sources.folder.join(FILE));
        let name = sources
            .file
            .as_ref()
            .map_or_else(|| FILE.to_owned(), |file| file.display().to_string());
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound && sources.file.is_none() =>
            {
                return;
            }
            Err(error) => return self.refuse(None, &name, format!("cannot be read: {error}")),
        };
        let dict: Dict = match Toml::from_str(&text) {
            Ok(dict) => dict,
            Err(error) => {
                let line =
                    error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
                let message = error.message().lines().next().unwrap_or_default().to_owned();
                return self.refuse(None, &name, format!("line {line}: {message}"));
            }
        };
        for (found, value) in dict {
            match Setting::named(&found) {
                Some(Setting::Value(key)) => self.put(key, name.clone(), value),
                Some(Setting::File(key)) => match value.as_str() {
                    Some(file) => {
                        self.read_secret(key, &format!("{name}: {found}"), &sources.folder, file);
                    }
                    None => self.refuse(
                        Some(&found),
                        &name,
                        "the value must be a path in quotes".to_owned(),
                    ),
                },
                None => self.unknown.push((found, name.clone())),
            }
        }
    }

    fn read_environment(&mut self, sources: &Sources) {
        let mut secrets = Vec::new();
        for (variable, value) in &sources.environment {
            let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            let Some(setting) = Setting::named(&variable[PREFIX.len()..].to_ascii_lowercase())
            else {
                self.unknown.push((variable.to_owned(), "environment".to_owned()));
                continue;
            };
            match (value.to_str(), setting) {
                (Some(text), Setting::Value(key)) => {
                    self.put(key, variable.to_owned(), text.into());
                }
                (Some(file), Setting::File(key)) => secrets.push((variable, key, file)),
                (None, Setting::Value(key) | Setting::File(key)) => {
                    self.refuse(Some(key.name()), variable, "the value is not UTF-8".to_owned());
                }
            }
        }
        for (variable, key, file) in secrets {
            if self.source(key) == variable.trim_end_matches(FROM_FILE) {
                let both = format!("{} is set as well; keep one of the two", self.source(key));
                self.refuse(Some(key.name()), variable, both);
            } else {
                self.read_secret(key, variable, &sources.folder, file);
            }
        }
    }

    fn read_secret(&mut self, key: Key, source: &str, folder: &Path, file: &str) {
        match std::fs::read_to_string(folder.join(file)) {
            Ok(text) => self.put(
                key,
                format!("{source} ({file})"),
                text.trim_end_matches(['\r', '\n']).into(),
            ),
            Err(error) => {
                self.refuse(Some(key.name()), source, format!("{file} cannot be read: {error}"));
            }
        }
    }
}

/// What a name in a file or the environment sets.
enum Setting {
    /// The key itself.
    Value(Key),
    /// The file that holds the key's value.
    File(Key),
}

impl Setting {
    fn named(name: &str) -> Option<Self> {
        let from_file =
            name.strip_suffix("_file").and_then(Key::named).filter(|key| key.is_secret());
        Key::named(name).map(Self::Value).or(from_file.map(Self::File))
    }
}
