//! The provider's circuit, with the figures.

use std::sync::Arc;

use openidconnect::{AsyncHttpClient as _, HttpRequest};
use rishi_resilience::testing::{Called, Calling, Protocol, outages};

use super::transport::Transport;

/// Calls a provider as discovery, tokens, keys and userinfo do.
async fn provider() -> Called {
    let called = Called::by(Protocol::Http("{}"), |address, circuit| {
        let transport = Arc::new(Transport::new(circuit).unwrap());
        move || -> Calling {
            let transport = Arc::clone(&transport);
            let mut request = HttpRequest::new(Vec::new());
            *request.uri_mut() = format!("http://{address}/token").parse().unwrap();
            Box::pin(async move { drop(transport.call(request).await) })
        }
    });
    called.await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
    println!("{:?}", outages(provider).await);
}
