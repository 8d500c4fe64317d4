//! Starting, stopping and killing the real binary. Only own children are ever signalled.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::wait::within;
use crate::fixture::Database;

/// The folder that one test's server lives in: database, log, scratch files. On PostgreSQL the database is elsewhere.
pub(crate) struct Home {
    folder: TempDir,
    server: Option<Elsewhere>,
}

/// Where a database is that is not in the folder.
enum Elsewhere {
    /// On the server that all tests share.
    Shared(Database),
    /// At this address, which the test sees to.
    At(String),
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(crate::ON_POSTGRES.then(|| Elsewhere::Shared(Database::fresh_blocking())))
    }

    fn with(server: Option<Elsewhere>) -> Self {
        Self { folder: TempDir::with_prefix("rishi-test-").expect("a temporary folder"), server }
    }

    /// The same on a file, whatever the others are on.
    pub(crate) fn on_file() -> Self {
        Self::with(None)
    }

    /// Whether it is on a file.
    pub(crate) fn is_on_file(&self) -> bool {
        self.server.is_none()
    }

    /// The same on PostgreSQL, in a database without anything.
    pub(crate) async fn on_postgres() -> Self {
        Self::with(Some(Elsewhere::Shared(Database::empty().await)))
    }

    /// The same in a database of the test's own.
    pub(crate) fn at(url: &str) -> Self {
        Self::with(Some(Elsewhere::At(url.to_owned())))
    }

    /// The database's address.
    pub(crate) fn url(&self) -> String {
        match &self.server {
            Some(Elsewhere::Shared(database)) => database.url(),
            Some(Elsewhere::At(url)) => url.clone(),
            None => format!("sqlite:{}", self.database().display()),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("rishi.db")
    }

    /// The binary, with this folder's database and nothing of the caller's own configuration.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rishi"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RISHI_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.folder.path())
            .env("RISHI_DATABASE_URL", self.url())
            .env("RISHI_HTTP_ADDR", "127.0.0.1:0")
            .env("RISHI_RATE_LIMIT", "off")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        if self.server.is_some() {
            // Of 32 bytes; what all processes on one server share.
            command.env("RISHI_SECRET_KEY", "c2VjcmV0IGtleSBvZiAzMiBieXRlcyBmb3IgdGVzdHM=");
        }
        command
    }

    /// Starts the server and waits until it listens.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// The same with more environment.
    pub(crate) async fn serve_with(&self, environment: &[(&str, &str)]) -> Server {
        let mut server = self.spawn(environment);
        server.ready().await;
        server
    }

    /// Starts the server and does not wait.
    pub(crate) fn spawn(&self, environment: &[(&str, &str)]) -> Server {
        let log = self.path("server.log");
        let stderr = File::options().create(true).append(true).open(&log).expect("the log opens");
        let mut child = self
            .command()
            .arg("serve")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .expect("the rishi binary starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (tell, listening) = oneshot::channel();
        // Reads to the end, so that the server can never block on a full pipe.
        std::thread::spawn(move || {
            let mut tell = Some(tell);
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some((_, base)) = line.split_once("listening on ")
                    && let Some(tell) = tell.take()
                {
                    let _ = tell.send(base.trim().to_owned());
                }
            }
        });
        Server { child, base: String::new(), listening: Some(listening), log }
    }
}

/// A running server; killed when dropped. When a test fails it shows the end of the log.
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`, once ready.
    pub(crate) base: String,
    listening: Option<oneshot::Receiver<String>>,
    log: PathBuf,
}

impl Server {
    /// Waits for the line that says where it listens.
    pub(crate) async fn ready(&mut self) {
        let listening = self.listening.take().expect("asked once");
        let answer = tokio::time::timeout(Duration::from_mins(1), listening).await;
        self.base = answer
            .expect("the server listens within a minute")
            .unwrap_or_else(|_| panic!("it ended before it listened: {:?}", self.child.wait()));
    }

    pub(crate) fn address(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and wait until it is gone. It must have lived until now.
    pub(crate) fn kill(&mut self) {
        let ended = self.child.try_wait().expect("an own child can be waited for");
        assert!(ended.is_none(), "the server ended by itself: {ended:?}");
        self.child.kill().expect("an own child can be killed");
        self.child.wait().expect("an own child can be waited for");
    }

    /// SIGTERM; does not wait.
    pub(crate) fn ask_to_stop(&self) {
        self.signal("-TERM");
    }

    /// SIGSTOP: it stands still.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT: it goes on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, which: &str) {
        let done = Command::new("kill").args([which, &self.child.id().to_string()]).status();
        assert!(done.expect("kill runs").success(), "{which} reaches the server");
    }

    /// Waits until it has ended, and says how and after how long.
    pub(crate) async fn ended(&mut self, patience: Duration) -> (ExitStatus, Duration) {
        let started = Instant::now();
        let child = &mut self.child;
        let status = within(patience, "the server has ended", || {
            let status = child.try_wait().expect("an own child can be waited for");
            std::future::ready(status)
        });
        (status.await, started.elapsed())
    }

    /// SIGTERM, and it must end well.
    pub(crate) async fn stop(&mut self) {
        self.ask_to_stop();
        let (status, _) = self.ended(Duration::from_secs(20)).await;
        assert!(status.success(), "a stop that was asked for exits 0, this was {status}");
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the end of the server's log ---\n{}", tail(&self.log(), 40));
        }
    }
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
