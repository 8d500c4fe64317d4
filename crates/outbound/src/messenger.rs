//! Takes webhooks to where they are wanted.

use async_trait::async_trait;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use reqwest::Method;
use rishi_app::webhooks::{Courier, Parcel, Reply, Unsent};

use crate::client::Client;

/// The courier over the guarded client.
#[derive(Debug, Clone)]
pub struct Messenger {
    client: Client,
}

impl Messenger {
    /// Who goes by this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Courier for Messenger {
    fn check(&self, url: &str) -> Result<String, String> {
        match self.client.check(url) {
            Ok(url) => Ok(url.into()),
            Err(forbidden) => Err(forbidden.to_string()),
        }
    }

    async fn post(&self, parcel: Parcel) -> Result<Reply, Unsent> {
        let Parcel { url, headers, body } = parcel;
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::try_from(value).map_err(|error| Unsent(error.to_string()))?;
            map.insert(HeaderName::from_static(name), value);
        }
        // What was answered is told by the status alone: of the body nothing is read.
        let answer = self.client.call(Method::POST, &url, map, body, 0).await;
        let answer = answer.map_err(|failure| Unsent(failure.to_string()))?;
        Ok(Reply { status: answer.status, retry_after: answer.retry_after() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rishi_app::webhooks::hand_over;
    use rishi_resilience::testing::{Called, Calling, Protocol, outages};

    use super::*;
    use crate::target::Reach;

    /// Sends one webhook after the other, as the sender does.
    async fn receiver() -> Called {
        let called = Called::by(Protocol::Http("{}"), |address, circuit| {
            let client = Client::new(Reach { loopback: true }).unwrap();
            let messenger = Arc::new(Messenger::new(client));
            move || -> Calling {
                let (messenger, circuit) = (Arc::clone(&messenger), Arc::clone(&circuit));
                let url = format!("http://{address}/hook");
                let parcel = Parcel { url, headers: Vec::new(), body: "{}".to_owned() };
                Box::pin(async move {
                    let Ok(permit) = circuit.admit() else { return };
                    drop(hand_over(&*messenger, permit, parcel).await);
                })
            }
        });
        called.await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
        println!("{:?}", outages(receiver).await);
    }
}
