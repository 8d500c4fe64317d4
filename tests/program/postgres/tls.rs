//! TLS to PostgreSQL: a server with a certificate of a throwaway authority, and what is said of one that cannot be trusted.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::fixture;
use crate::support::{Home, workspace};

/// A private server on the loopback; it ends with this process.
struct Server {
    port: u16,
    /// Its authority's certificate, and another's.
    folder: TempDir,
}

impl Server {
    /// One that offers TLS under a certificate for these names, or none.
    fn start(names: Option<&str>) -> Self {
        let folder = TempDir::with_prefix("rishi-tls-").unwrap();
        authority(folder.path(), "ours");
        authority(folder.path(), "theirs");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("bash");
        command.arg(workspace().join("tools/test-postgres.sh"));
        command.arg(std::process::id().to_string()).env_remove("NEXTEST_ENV");
        command.env("RISHI_TEST_POSTGRES_PORT", port.to_string());
        if let Some(names) = names {
            certificate(folder.path(), names);
            command.env("RISHI_TEST_POSTGRES_TLS", folder.path());
        }
        let started = command.output().unwrap();
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        Self { port, folder }
    }

    fn url(&self, host: &str, query: &str) -> String {
        format!("postgres://rishi@{host}:{}/postgres?{query}", self.port)
    }

    fn root(&self, name: &str) -> String {
        format!("sslrootcert={}", self.folder.path().join(format!("{name}.crt")).display())
    }

    /// What `rishi migrate` says who cannot get in.
    fn refused(&self, host: &str, query: &str) -> String {
        let url = self.url(host, query);
        let run = Home::on_file().rishi_with(&[("RISHI_DATABASE_URL", &url)], &["migrate"]);
        assert_eq!(run.code, Some(1), "{query}: {run:#?}");
        run.stderr
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    let run = command.current_dir(folder).args(arguments.split_whitespace()).output();
    let run = run.expect("openssl is installed, as PostgreSQL's packages want it");
    assert!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stderr));
}

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

fn authority(folder: &Path, name: &str) {
    openssl(
        folder,
        &format!("req -x509 {KEY} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt"),
    );
}

/// `server.crt` and `server.key`, by the authority `ours`.
fn certificate(folder: &Path, names: &str) {
    openssl(folder, &format!("req {KEY} -subj /CN=server -keyout server.key -out server.csr"));
    let more = format!("subjectAltName={names}\nbasicConstraints=CA:FALSE\n");
    std::fs::write(folder.join("more"), more).unwrap();
    openssl(
        folder,
        "x509 -req -in server.csr -CA ours.crt -CAkey ours.key -CAcreateserial -days 2 -extfile more -out server.crt",
    );
}

#[tokio::test]
async fn postgres_over_tls_the_server_is_verified_and_everything_is_encrypted() {
    let server = Server::start(Some("DNS:localhost"));
    let (ours, theirs) = (server.root("ours"), server.root("theirs"));
    // Whatever the mode, TLS means a verified server.
    for mode in ["sslmode=prefer", "sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"] {
        let unknown = server.refused("localhost", mode);
        assert!(unknown.contains("add sslrootcert=PATH"), "{mode}: {unknown}");
        let wrong = server.refused("localhost", &format!("{mode}&{theirs}"));
        assert!(wrong.contains("add sslrootcert=PATH"), "{mode}: {wrong}");
    }
    let nobody = server.refused("127.0.0.1", &format!("sslmode=require&{ours}"));
    assert!(nobody.contains("is for another name"), "{nobody}");
    let missing = server.refused("localhost", "sslmode=require&sslrootcert=/nowhere.crt");
    assert!(missing.contains("cannot read the certificates"), "{missing}");

    let home = Home::on_file();
    let url = server.url("localhost", &format!("sslmode=verify-full&{ours}"));
    let environment = [
        ("RISHI_DATABASE_URL", url.as_str()),
        ("RISHI_SECRET_KEY", "c2VjcmV0IGtleSBvZiAzMiBieXRlcyBmb3IgdGVzdHM="),
    ];
    home.rishi_with(&environment, &["migrate"]).ok();
    let mut serving = home.serve_with(&environment).await;
    let plain = server.url("localhost", "sslmode=disable");
    let sql =
        "SELECT bool_and(ssl), count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                WHERE application_name = 'rishi'";
    let found = fixture::query(&plain, sql);
    assert_eq!(
        found,
        [[Some("t".to_owned()), Some("t".to_owned())]],
        "every connection is encrypted"
    );
    serving.stop().await;
}

#[tokio::test]
async fn postgres_without_tls_is_refused_where_tls_is_asked_for() {
    let server = Server::start(None);
    for mode in ["require", "verify-full"] {
        let refused = server.refused("localhost", &format!("sslmode={mode}"));
        assert!(refused.contains("the server has none: set ssl = on"), "{refused}");
    }
    let url = server.url("localhost", "sslmode=prefer");
    Home::on_file().rishi_with(&[("RISHI_DATABASE_URL", &url)], &["migrate"]).ok();
}
