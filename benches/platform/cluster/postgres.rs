//! A private PostgreSQL that flushes, for as long as the bench runs.

use std::process::Command;

use crate::sql::Sql;
use crate::{Result, failed};

pub(super) struct Postgres {
    /// To which the name of a database is to be added.
    address: String,
}

impl Postgres {
    pub(super) fn start() -> Result<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/test-postgres.sh");
        let output = Command::new("bash")
            .arg(script)
            .arg(std::process::id().to_string())
            .env("RISHI_TEST_POSTGRES_DURABLE", "on")
            .env_remove("NEXTEST_ENV")
            .output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(format!("PostgreSQL does not start: {said}")));
        }
        Ok(Self { address: String::from_utf8(output.stdout)?.trim().to_owned() })
    }

    /// An empty database; its address.
    pub(super) fn make(&self, name: &str) -> Result<String> {
        Sql::connect(&format!("{}postgres", self.address))?
            .run(&format!("CREATE DATABASE {name}"))?;
        Ok(format!("{}{name}", self.address))
    }
}
