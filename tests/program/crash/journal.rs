//! The journal: a line for every request before it is sent, and for every answer once it is here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::{Value, json};

/// What a booking is after a step, as far as the oracle looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: String,
    pub(crate) description: String,
    pub(crate) version: u64,
}

impl State {
    /// The state that a booking in an answer is in.
    pub(crate) fn of(booking: &Value) -> Self {
        Self {
            status: booking["status"].as_str().unwrap_or_default().to_owned(),
            description: booking["description"].as_str().unwrap_or_default().to_owned(),
            version: booking["version"].as_u64().unwrap_or_default(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "status": self.status, "description": self.description, "version": self.version,
        })
    }
}

/// An append-only file. Each line reaches the operating system before its request leaves.
pub(crate) struct Journal {
    file: Mutex<File>,
    path: PathBuf,
}

impl Journal {
    pub(crate) fn create(path: PathBuf) -> Self {
        let file = File::options().create_new(true).append(true).open(&path);
        Self { file: Mutex::new(file.expect("the journal can be created")), path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A request is about to be sent; when it succeeds, the booking is in state `after`.
    pub(crate) fn asked(&self, booking: &str, key: &str, after: &State) {
        self.line(&json!({ "asked": key, "booking": booking, "after": after.json() }));
    }

    /// It was answered with success.
    pub(crate) fn answered(&self, booking: &str, key: &str, id: &str) {
        self.line(&json!({ "answered": key, "booking": booking, "id": id }));
    }

    /// No answer came: it may have happened or not.
    pub(crate) fn lost(&self, booking: &str, key: &str, why: &str) {
        self.line(&json!({ "lost": key, "booking": booking, "why": why }));
    }

    /// After the restart the booking was looked at, and that is what it is from now on.
    pub(crate) fn seen(&self, booking: &str, state: &State) {
        self.line(&json!({ "seen": state.json(), "booking": booking }));
    }

    fn line(&self, entry: &Value) {
        let mut file = self.file.lock().expect("no writer panicked");
        file.write_all(format!("{entry}\n").as_bytes()).expect("the journal can be written");
    }
}

/// What the journal says a booking must be.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// Known once any request of its was answered.
    pub(crate) id: Option<String>,
    /// The newest acknowledged state; none while not even its creation was acknowledged.
    pub(crate) certain: Option<State>,
    /// The state after a request that was never answered.
    pub(crate) possible: Option<State>,
}

/// Reads the whole journal from its file: booking by booking what must be, and what may be.
pub(crate) fn expectations(journal: &Path) -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(journal).expect("the journal can be read");
    let mut all = BTreeMap::<String, Expected>::new();
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).expect("a line of the journal is JSON");
        let name = entry["booking"].as_str().expect("each line names its booking");
        let booking = all.entry(name.to_owned()).or_default();
        if entry["asked"].is_string() {
            booking.possible = Some(State::of(&entry["after"]));
        } else if entry["answered"].is_string() {
            booking.id = entry["id"].as_str().map(str::to_owned);
            booking.certain = booking.possible.take();
        } else if entry["seen"].is_object() {
            booking.certain = Some(State::of(&entry["seen"]));
            booking.possible = None;
        }
    }
    all
}

#[test]
fn the_journal_tells_what_must_be_from_what_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path().join("journal"));
    let state = |version| State { status: "draft".into(), description: "d".into(), version };
    journal.asked("acknowledged", "k1", &state(1));
    journal.answered("acknowledged", "k1", "id-1");
    journal.asked("acknowledged", "k2", &state(2));
    journal.lost("acknowledged", "k2", "connection reset");
    journal.asked("never answered", "k3", &state(1));
    journal.asked("looked at", "k4", &state(1));
    journal.seen("looked at", &state(7));

    let all = expectations(journal.path());
    assert_eq!(all["acknowledged"].id.as_deref(), Some("id-1"));
    assert_eq!(all["acknowledged"].certain, Some(state(1)));
    assert_eq!(all["acknowledged"].possible, Some(state(2)));
    assert_eq!(all["never answered"].certain, None);
    assert_eq!(all["never answered"].possible, Some(state(1)));
    assert_eq!(all["looked at"].certain, Some(state(7)));
    assert_eq!(all["looked at"].possible, None);
}
