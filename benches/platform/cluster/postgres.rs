//! A private PostgreSQL that flushes, for as long as the bench runs.

use std::process::Command;

use crate::sql::Sql;
use crate::{Result, failed};

/// Who owns what is measured.
const OWNER: &str = "rishi_owns";

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

    /// An empty database; its owner's address, whom the second wall binds.
    pub(super) fn make(&self, name: &str) -> Result<String> {
        let sql = Sql::connect(&format!("{}postgres", self.address))?;
        sql.run(&format!(
            "DO $$ BEGIN IF to_regrole('{OWNER}') IS NULL THEN CREATE ROLE {OWNER} LOGIN; END IF; END $$"
        ))?;
        sql.run(&format!("CREATE DATABASE {name} OWNER {OWNER}"))?;
        let (_, place) = self.address.split_once('@').ok_or_else(|| failed("an odd address"))?;
        Ok(format!("postgres://{OWNER}@{place}{name}"))
    }
}

/// The same address for the server's superuser, as whom the bench looks and pgbench writes.
pub(super) fn past_the_wall(url: &str) -> String {
    url.replacen(&format!("//{OWNER}@"), "//rishi@", 1)
}
