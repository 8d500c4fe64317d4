//! What a process does of what there is to do.

/// The parts of the platform that a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Roles {
    /// Answers requests.
    pub(crate) api: bool,
    /// Handles events and sends what is owed.
    pub(crate) worker: bool,
}

impl Roles {
    /// Everything.
    pub(crate) const ALL: Self = Self { api: true, worker: true };

    /// In words.
    pub(crate) fn words(self) -> Vec<String> {
        let words = [("api", self.api), ("worker", self.worker)];
        words.into_iter().filter(|(_, is)| *is).map(|(word, _)| word.to_owned()).collect()
    }
}

impl Default for Roles {
    fn default() -> Self {
        Self::ALL
    }
}

/// Roles, separated by commas.
pub(super) fn roles(text: &str) -> Result<Roles, String> {
    let mut roles = Roles { api: false, worker: false };
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "api" => roles.api = true,
            "worker" => roles.worker = true,
            _ => return Err(format!("{word:?} is no role; write api, worker or api,worker")),
        }
    }
    if roles.words().is_empty() {
        return Err("a process needs something to do; write api, worker or api,worker".to_owned());
    }
    Ok(roles)
}
