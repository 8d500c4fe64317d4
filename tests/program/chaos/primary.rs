//! A PostgreSQL server of one's own that a test may kill, restart, replace and cut off.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::nats_fixture::free_port;
use crate::support::wait::within;

/// How long it may take to be there; longer than recovery does.
const PATIENCE: Duration = Duration::from_secs(20);
/// Standbys may follow. What is lost with a machine's power is not what these tests are about, and it keeps to tests.
const SETTINGS: [&str; 7] = [
    "fsync=off",
    "listen_addresses=*",
    "max_connections=200",
    "shared_buffers=32MB",
    "wal_level=replica",
    "max_wal_senders=4",
    "checkpoint_timeout=1h",
];

/// A server; it and everything that it started is killed when dropped.
pub(super) struct Primary {
    folder: TempDir,
    address: String,
    pub(super) port: u16,
    /// The network namespace that it lives in, where it is not the machine's.
    namespace: Option<String>,
    child: Option<Child>,
}

impl Primary {
    /// One on this machine, with nothing in it.
    pub(super) async fn start() -> Self {
        Self::prepared(free_port()).begun().await
    }

    /// The same in a network namespace, where this is one of its addresses.
    pub(super) async fn start_within(namespace: &str, address: &str) -> Self {
        let mut server = Self::prepared(free_port());
        server.namespace = Some(namespace.to_owned());
        address.clone_into(&mut server.address);
        server.begun().await
    }

    async fn begun(mut self) -> Self {
        let how = ["-U", "rishi", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
        self.run("initdb", &[&how[..], &[&self.data()]].concat());
        let file = self.folder.path().join("data/pg_hba.conf");
        let rules = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{rules}\nhost all all 10.0.0.0/8 trust\n")).unwrap();
        self.up().await;
        self
    }

    /// A copy of this one on a port, which follows it: what is committed here waits for the copy from now on.
    pub(super) async fn followed(&self, port: u16) -> Self {
        let mut standby = Self::prepared(port);
        let from = format!("host=127.0.0.1 port={} user=rishi", self.port);
        let how = ["-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", &from, "-D"];
        standby.run("pg_basebackup", &[&how[..], &[&standby.data()]].concat());
        standby.up().await;
        let client = self.connect().await;
        let wait = "ALTER SYSTEM SET synchronous_standby_names = '*'";
        client.execute(wait, &[]).await.unwrap();
        client.execute("SELECT pg_reload_conf()", &[]).await.unwrap();
        within(PATIENCE, "the standby is synchronous", async || {
            let sql = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
            client.query_opt(sql, &[]).await.unwrap().map(drop)
        })
        .await;
        standby
    }

    fn prepared(port: u16) -> Self {
        let folder = TempDir::with_prefix("rishi-primary-").unwrap();
        if is_root() {
            // It refuses to run as root.
            let (user, group) = account();
            chown(folder.path(), Some(user), Some(group)).unwrap();
            std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        }
        let address = "127.0.0.1".to_owned();
        Self { folder, address, port, namespace: None, child: None }
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Its address and port, as a part of a database's address.
    pub(super) fn host(&self) -> String {
        format!("{}:{}", self.address, self.port)
    }

    /// The address of the database that every server has.
    pub(super) fn url(&self) -> String {
        format!("postgres://rishi@{}/postgres", self.host())
    }

    pub(super) async fn connect(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Starts it, again on what is there.
    pub(super) async fn up(&mut self) {
        let file = self.folder.path().join("log");
        let log = std::fs::File::options().create(true).append(true).open(file).unwrap();
        let mut command = self.program("postgres");
        command.args(["-D", &self.data(), "-p", &self.port.to_string(), "-k"]);
        command.arg(self.folder.path());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // In a group of its own, so that all of it can be killed at once.
        let child = command.process_group(0).stdout(Stdio::null()).stderr(log).spawn();
        let url = self.url();
        let (child, folder) = (self.child.insert(child.unwrap()), self.folder.path());
        within(PATIENCE, "PostgreSQL takes connections", || {
            if let Some(ended) = child.try_wait().unwrap() {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("it ended ({ended}): {log}");
            }
            let url = url.clone();
            async move { tokio_postgres::connect(&url, NoTls).await.is_ok().then_some(()) }
        })
        .await;
    }

    /// As `pg_ctl stop -m immediate` does: every process of it ends at once, and the next start recovers.
    pub(super) fn stop_immediately(&mut self) {
        self.end("-QUIT", "");
    }

    /// SIGKILL to every process of it, as if the machine were gone.
    pub(super) fn kill(&mut self) {
        self.end("-KILL", "-");
    }

    fn end(&mut self, signal: &str, group: &str) {
        let mut child = self.child.take().expect("it runs");
        let whom = format!("{group}{}", child.id());
        let done = Command::new("kill").args([signal, "--", &whom]).status();
        assert!(done.unwrap().success(), "{signal} reaches {whom}");
        child.wait().unwrap();
    }

    /// Makes a standby the one that is written to.
    pub(super) fn promote(&self) {
        self.run("pg_ctl", &["promote", "-w", "-D", &self.data()]);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let run = self.program(program).args(arguments).output().unwrap();
        assert!(run.status.success(), "{program}: {}", String::from_utf8_lossy(&run.stderr));
    }

    /// One of PostgreSQL's programs, as an unprivileged user.
    fn program(&self, name: &str) -> Command {
        let mut command = match &self.namespace {
            Some(namespace) => {
                let mut inside = Command::new("ip");
                inside.args(["netns", "exec", namespace, "setpriv"]);
                inside
            }
            None => Command::new("setpriv"),
        };
        // It does not outlive the test, however that ends.
        command.args(["--pdeathsig", "KILL"]);
        if is_root() {
            let (user, group) = account();
            let (user, group) = (user.to_string(), group.to_string());
            command.args(["--reuid", &user, "--regid", &group, "--clear-groups"]);
        }
        command.arg(programs().join(name)).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

impl Drop for Primary {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// User and group of Debian's package, or else of `nobody`.
fn account() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let of = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(|part| part.parse().unwrap());
        Some((numbers.next()?, numbers.next()?))
    };
    of("postgres").or_else(|| of("nobody")).expect("there is somebody who is allowed nothing")
}

/// Where PostgreSQL's programs are, as `tools/test-postgres.sh` finds them.
fn programs() -> PathBuf {
    if let Some(named) = std::env::var_os("RISHI_POSTGRES_BIN") {
        return named.into();
    }
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let versions = installed.filter_map(|entry| {
        Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
    });
    versions.max().expect("PostgreSQL is installed: run `make deps`").1
}
