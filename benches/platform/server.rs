//! The release binary as a child: started on a database, asked over its command line, watched, and
//! stopped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Client;
use crate::{Bench, Result, failed, machine};

/// How long the server may take to stop.
const STOP: Duration = Duration::from_secs(30);
/// Nodes on one server need the same.
const SECRET_KEY: &str = "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtISE=";

/// Where a server keeps its data.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// In a file.
    File(PathBuf),
    /// On a server, at this address.
    Server(String),
}

/// A database and the binary's command line over it.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    binary: PathBuf,
    dir: PathBuf,
    pub(crate) database: Database,
    /// The NATS server that wakes the other nodes, if there is one.
    pub(crate) nats: Option<String>,
}

impl Home {
    /// A folder with a file of its own.
    pub(crate) fn new(bench: &Bench, name: &str) -> Result<Self> {
        let file = bench.dir.join(name).join("rishi.db");
        Self::over(bench, name, Database::File(file))
    }

    /// A folder beside a database.
    pub(crate) fn over(bench: &Bench, name: &str, database: Database) -> Result<Self> {
        let (dir, binary) = (bench.dir.join(name), bench.plan.binary.clone());
        std::fs::create_dir_all(&dir)?;
        Ok(Self { binary, dir, database, nats: None })
    }

    /// A folder of its own over the same database and NATS server.
    pub(crate) fn beside(&self, bench: &Bench, name: &str) -> Result<Self> {
        Ok(Self { nats: self.nats.clone(), ..Self::over(bench, name, self.database.clone())? })
    }

    /// The file.
    pub(crate) fn file(&self) -> Result<&Path> {
        match &self.database {
            Database::File(file) => Ok(file),
            Database::Server(url) => Err(failed(format!("{url} is no file"))),
        }
    }

    /// Makes the schema on a server, which nothing else does.
    pub(crate) fn migrate(&self) -> Result<()> {
        let output = self.command().arg("migrate").output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(failed(format!("rishi migrate failed: {}", String::from_utf8_lossy(&output.stderr))))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        // Nothing of the caller's own configuration counts.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RISHI_") {
                command.env_remove(name);
            }
        }
        let mut url = std::ffi::OsString::from("sqlite:");
        match &self.database {
            Database::File(file) => url.push(file),
            Database::Server(address) => url = address.into(),
        }
        command
            .current_dir(&self.dir)
            .env("RISHI_DATABASE_URL", url)
            .env("RISHI_SECRET_KEY", SECRET_KEY)
            .env("RISHI_LOG", "warn")
            .env("RISHI_RATE_LIMIT", "off");
        if let Some(nats) = &self.nats {
            command.env("RISHI_NATS_URL", nats);
        }
        command
    }

    /// Runs a command with `--json` and reads what it prints.
    pub(crate) fn cli(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command().args(arguments).arg("--json").output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(format!("rishi {} failed: {said}", arguments.join(" "))));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn serve(&self) -> Result<Server> {
        let log = self.dir.join("server.log");
        let begun = Instant::now();
        let mut child = self
            .command()
            .arg("serve")
            .env("RISHI_HTTP_ADDR", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| failed("the server has no output"))?;
        let address = "127.0.0.1:0".parse::<SocketAddr>()?;
        let mut server = Server { child, address, log, begun, stopped: false };
        let mut line = String::new();
        let mut lines = BufReader::new(stdout);
        while lines.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("listening on http://") {
                server.address = address.trim().parse()?;
                // Read to the end, so that the server can never block on a full pipe.
                std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
                return Ok(server);
            }
            line.clear();
        }
        Err(failed(format!("the server ended before it listened: {}", server.log())))
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
    begun: Instant,
    stopped: bool,
}

impl Server {
    /// Waits until `/readyz` says yes; the time since the process was started.
    pub(crate) fn ready(&self) -> Result<Duration> {
        loop {
            if Client::connect(self.address, "")
                .and_then(|mut client| client.get("/readyz"))
                .is_ok()
            {
                return Ok(self.begun.elapsed());
            }
            if self.begun.elapsed() > Duration::from_mins(2) {
                return Err(failed(format!("the server is not ready: {}", self.log())));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Nanoseconds of processor time by thread name.
    pub(crate) fn threads(&self) -> Result<BTreeMap<String, u64>> {
        machine::threads(self.child.id())
    }

    /// Resident MiB now and at most.
    pub(crate) fn memory(&self) -> Result<(f64, f64)> {
        machine::memory(self.child.id())
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it to stop and demands that it ends well.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.stopped = true;
        let process = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &process]).status()?;
        let asked = Instant::now();
        while asked.elapsed() < STOP {
            if let Some(status) = self.child.try_wait()? {
                let log = self.log();
                return if status.success() && log.is_empty() {
                    Ok(())
                } else {
                    Err(failed(format!("the server ended with {status} and had logged: {log}")))
                };
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.stopped = false;
        Err(failed("the server does not stop"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.stopped {
            eprintln!("the server's log: {}", self.log());
            // Our own child; gone already is as good.
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}
