//! `rishi health`: asks a running server how it is, for container probes. It opens no database.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cli::HealthCheck;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// An answer is one short line.
const ANSWER: u64 = 4_096;

/// Exit 0 when the server runs and wants requests (or, with `--live`, when it runs), else 1 with the reason.
pub(super) async fn run(config: &Config, asked: HealthCheck) -> Result<(), Failure> {
    let address = reachable(config.http_addr);
    let path = if asked.live { "/livez" } else { "/readyz" };
    let patience = Duration::from_secs(asked.timeout);
    let Ok(answer) = tokio::time::timeout(patience, ask(address, path)).await else {
        let seconds = asked.timeout;
        return Err(Failure::Refused(format!("no answer from {address} within {seconds} s")));
    };
    let (ok, status) = answer
        .map_err(|error| Failure::Refused(format!("no server answers at {address}: {error}")))?;
    if !ok {
        return Err(Failure::Refused(format!("the server at {address} is {status}")));
    }
    if asked.output.json {
        output::pretty(&json!({ "status": status }))
    } else {
        output::write(&format!("{status}\n"))
    }
}

/// Where a server that listens there is reached from the same machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Whether it said yes, and its word.
async fn ask(address: SocketAddr, path: &str) -> std::io::Result<(bool, String)> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(ANSWER).read_to_string(&mut answer).await?;
    let ok = answer.starts_with("HTTP/1.1 200 ");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    Ok((ok, body["status"].as_str().unwrap_or("not what was asked for").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_the_loopback() {
        for (listens, asked) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("10.0.0.7:8080", "10.0.0.7:8080"),
        ] {
            assert_eq!(reachable(listens.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
