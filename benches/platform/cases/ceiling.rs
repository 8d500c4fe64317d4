//! HTTP with nothing behind it: what a route costs that parses the same body and answers.

use std::net::SocketAddr;

use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

use super::writing::CONNECTIONS;
use crate::figures::Rounds;
use crate::http::request;
use crate::load::closed;
use crate::report::Line;
use crate::world::body;
use crate::{Bench, Result, machine};

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    bench.quiet("http ceiling");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(machine::cores())
        .enable_all()
        .build()?;
    let address = runtime.block_on(serve())?;
    let request = request("POST", "/", "token", &[], Some(&body("organization")));
    let mut source = |into: &mut Vec<u8>| {
        into.extend_from_slice(&request);
        true
    };
    let (mut figure, mut generator) = (Rounds::default(), Rounds::default());
    for _ in 0..bench.plan.rounds.min(3) {
        let done = closed(address, CONNECTIONS, bench.plan.time, &mut source)?;
        figure.push(done.rate());
        generator.push(done.generator as f64 / 1e3 / done.answered as f64);
    }
    runtime.shutdown_background();
    bench.report.note(format!("the generator uses {:.1} µs a request", generator.median()));
    bench.report.add(Line {
        row: "http",
        what: format!(
            "bare axum route, the same body parsed and answered, {CONNECTIONS} connections"
        ),
        unit: "/s",
        figure,
        ..Line::default()
    });
    Ok(())
}

async fn serve() -> Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let echo = async |Json(body): Json<Value>| Json(body);
    let router = Router::new().route("/", post(echo));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
