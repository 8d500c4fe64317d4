//! The circuits of both carriers, with the figures.

use std::sync::Arc;

use rishi_app::notifications::mail::Mailer;
use rishi_resilience::testing::{Called, Calling, Protocol, outages};

use crate::message::tests::letter;
use crate::{SendGrid, Smtp};

/// Hands one letter after the other to a carrier.
fn handing(mailer: impl Mailer + 'static) -> impl Fn() -> Calling + Send + Sync {
    let mailer = Arc::new(mailer);
    move || -> Calling {
        let mailer = Arc::clone(&mailer);
        Box::pin(async move { drop(mailer.send(&letter("New booking", "Ana")).await) })
    }
}

async fn server() -> Called {
    let called = Called::by(Protocol::Smtp, |address, circuit| {
        let url = format!("smtp://{address}");
        handing(Smtp::new(&url, "rishi@example.org", circuit).unwrap())
    });
    called.await.unwrap()
}

async fn service() -> Called {
    let called = Called::by(Protocol::Http("{}"), |address, circuit| {
        let base = format!("http://{address}");
        handing(SendGrid::new(&base, "SG.key", "rishi@example.org", circuit).unwrap())
    });
    called.await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_mail_server_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
    println!("{:?}", outages(server).await);
}

#[tokio::test(start_paused = true)]
async fn a_mail_service_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
    println!("{:?}", outages(service).await);
}
