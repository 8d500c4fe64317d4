//! A private NATS server with JetStream, for as long as it is measured with one.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Bench, Result, failed};

/// How long it may take to be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Killed when dropped.
pub(super) struct Nats {
    child: Child,
    port: u16,
}

impl Nats {
    pub(super) fn start(bench: &Bench) -> Result<Self> {
        let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.venv/bin/nats-server");
        let program = if Path::new(installed).exists() { installed } else { "nats-server" };
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(program)
            .args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
            .arg(bench.dir.join("jetstream"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(format!("{program} cannot be run: {error}")))?;
        let nats = Self { child, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > PATIENCE {
                return Err(failed("NATS does not start"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(nats)
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
