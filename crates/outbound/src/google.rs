//! Google's geocoding API, as the [`Geocoder`] port.
//!
//! Only what it is sure of is taken: a match of the whole address, to within a building or a stretch of its street.
//! A city's middle would make everybody who checks in seem far away, which is worse than knowing nothing.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::HeaderMap;
use reqwest::Method;
use rishi_app::geocoding::{Geocoder, Position, Unlocated};
use rishi_app::operations::external::ExternalProbe;
use rishi_domain::location::Address;
use rishi_resilience::{CallError, Circuit, Verdict};
use serde::Deserialize;
use url::Url;

use crate::client::{Answer, Client, Failure, NoTls};
use crate::target::Reach;

/// Where it is, unless told otherwise.
pub const GOOGLE_MAPS: &str = "https://maps.googleapis.com";
const PATH: &str = "/maps/api/geocode/json";
/// So much of an answer is read.
const ANSWER_MAX: usize = 262_144;
/// So much of what it says went wrong is kept.
const REASON_MAX: usize = 300;

/// The service.
pub struct GoogleMaps {
    client: Client,
    base: String,
    key: String,
    circuit: Arc<Circuit>,
    /// What it said of itself last, if it was nothing good. To ask it how it is would cost money.
    last: Mutex<Option<String>>,
}

/// What it answers.
#[derive(Deserialize)]
struct Said {
    status: String,
    #[serde(default)]
    error_message: Option<String>,
    #[serde(default)]
    results: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    geometry: Geometry,
    #[serde(default)]
    partial_match: bool,
}

#[derive(Deserialize)]
struct Geometry {
    location: Coordinates,
    #[serde(default)]
    location_type: String,
}

#[derive(Deserialize)]
struct Coordinates {
    lat: f64,
    lng: f64,
}

impl GoogleMaps {
    /// The service at `base`, for whoever has this key, behind its circuit.
    pub fn new(base: &str, key: &str, circuit: Arc<Circuit>) -> Result<Self, NoTls> {
        // Whoever names this machine means it: a stand-in beside the platform.
        let reach = Reach { loopback: Reach::default().check(base).is_err() };
        let (client, base) = (Client::new(reach)?, base.trim_end_matches('/').to_owned());
        Ok(Self { client, base, key: key.to_owned(), circuit, last: Mutex::default() })
    }

    async fn ask(&self, address: &Address) -> Result<Answer, Failure> {
        let url = question(&self.base, &self.key, address)?;
        let (headers, body) = (HeaderMap::new(), String::new());
        self.client.call(Method::GET, url.as_str(), headers, body, ANSWER_MAX).await
    }

    fn remember(&self, outcome: &Result<Position, Unlocated>) {
        let said = match outcome {
            Ok(_) | Err(Unlocated::Unknown(_)) => None,
            Err(Unlocated::Down(_)) => return,
            Err(error) => Some(error.to_string()),
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }
}

fn question(base: &str, key: &str, address: &Address) -> Result<Url, Failure> {
    let mut url = Reach { loopback: true }.check(&format!("{base}{PATH}"))?;
    let Address { line1, line2, city, region, postal_code, country } = address;
    let street = line2.as_ref().map_or_else(|| line1.clone(), |more| format!("{line1}, {more}"));
    url.query_pairs_mut()
        .append_pair("address", &format!("{street}, {city}, {region} {postal_code}"))
        .append_pair("components", &format!("country:{country}"))
        .append_pair("key", key);
    Ok(url)
}

#[async_trait]
impl Geocoder for GoogleMaps {
    async fn locate(&self, address: &Address) -> Result<Position, Unlocated> {
        let asked = self.circuit.call(self.ask(address), judged).await;
        let located = match asked {
            Ok(answer) => understood(&answer),
            Err(CallError::Open(refused)) => Err(Unlocated::Down(refused.retry_after)),
            Err(CallError::Failed(error)) => Err(failed(error.to_string())),
            Err(error @ CallError::TimedOut(_)) => Err(failed(error.to_string())),
        };
        self.remember(&located);
        located
    }
}

#[async_trait]
impl ExternalProbe for GoogleMaps {
    fn name(&self) -> &'static str {
        "geocoder"
    }

    async fn probe(&self) -> Result<(), String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        last.map_or(Ok(()), Err)
    }
}

fn failed(why: String) -> Unlocated {
    Unlocated::Failed { why, after: None }
}

fn judged(answer: &Result<Answer, Failure>) -> Verdict {
    match answer {
        Ok(answer) if answer.status >= 500 => {
            Verdict::Failed(format!("the geocoder answered {}", answer.status))
        }
        Ok(_) => Verdict::Works,
        Err(Failure::Forbidden(_)) => Verdict::Nothing,
        Err(failure) => Verdict::Failed(failure.to_string()),
    }
}

/// What an answer means.
fn understood(answer: &Answer) -> Result<Position, Unlocated> {
    let said = match (answer.status, serde_json::from_slice::<Said>(&answer.body)) {
        (200, Ok(said)) => said,
        (200, Err(_)) => return Err(failed("the geocoder's answer cannot be read".to_owned())),
        (status @ (408 | 429 | 500..), _) => {
            let after = answer.retry_after();
            return Err(Unlocated::Failed {
                why: format!("the geocoder answered {status}"),
                after,
            });
        }
        (status, _) => return Err(Unlocated::Rejected(format!("the geocoder answered {status}"))),
    };
    let nowhere = |what| Err(Unlocated::Unknown(what));
    match said.status.as_str() {
        "OK" => match said.results.into_iter().next() {
            Some(found) if found.partial_match => nowhere("is only known in part"),
            Some(found) if found.geometry.location_type == "APPROXIMATE" => {
                nowhere("is not known more closely than its city")
            }
            Some(found) => {
                let Coordinates { lat, lng } = found.geometry.location;
                Ok(Position { latitude: lat, longitude: lng })
            }
            None => nowhere("is not known"),
        },
        "ZERO_RESULTS" => nowhere("is not known"),
        "OVER_QUERY_LIMIT" | "OVER_DAILY_LIMIT" | "UNKNOWN_ERROR" => {
            Err(Unlocated::Failed { why: explained(&said), after: answer.retry_after() })
        }
        _ => Err(Unlocated::Rejected(explained(&said))),
    }
}

fn explained(said: &Said) -> String {
    let message = said.error_message.as_deref().unwrap_or_default();
    let message: String = message.chars().filter(|c| !c.is_control()).take(REASON_MAX).collect();
    format!("the geocoder answered {} {message}", said.status).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use rishi_resilience::testing::{Called, Calling, Protocol, outages};

    use super::*;

    fn street() -> Address {
        Address {
            line1: "1 Main & key=x".to_owned(),
            line2: Some("Suite #5".to_owned()),
            city: "Denver".to_owned(),
            region: "CO".to_owned(),
            postal_code: "80202".to_owned(),
            country: "US".to_owned(),
        }
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    fn found(more: &str, kind: &str) -> Answer {
        let body = format!(
            r#"{{"status":"OK","results":[{{"geometry":{{"location":{{"lat":39.75,"lng":-105.0}},
                "location_type":"{kind}"}}{more}}}]}}"#
        );
        answer(200, &body)
    }

    #[test]
    fn only_what_it_is_sure_of_is_taken() {
        let place = Position { latitude: 39.75, longitude: -105.0 };
        assert_eq!(understood(&found("", "ROOFTOP")), Ok(place));
        assert_eq!(understood(&found("", "RANGE_INTERPOLATED")), Ok(place));
        for unsure in [
            found(r#","partial_match":true"#, "ROOFTOP"),
            found("", "APPROXIMATE"),
            answer(200, r#"{"status":"ZERO_RESULTS","results":[]}"#),
            answer(200, r#"{"status":"OK","results":[]}"#),
        ] {
            assert!(matches!(understood(&unsure), Err(Unlocated::Unknown(_))));
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_an_operator_has_to_do_is_not() {
        let denied = r#"{"status":"REQUEST_DENIED","error_message":"The key is\n not good."}"#;
        let why = "the geocoder answered REQUEST_DENIED The key is not good.".to_owned();
        assert_eq!(understood(&answer(200, denied)), Err(Unlocated::Rejected(why)));
        assert!(matches!(understood(&answer(403, "")), Err(Unlocated::Rejected(_))));
        for passing in [
            answer(200, r#"{"status":"OVER_QUERY_LIMIT"}"#),
            answer(200, "<html>"),
            answer(503, ""),
            answer(429, ""),
        ] {
            assert!(matches!(understood(&passing), Err(Unlocated::Failed { .. })));
        }
    }

    #[test]
    fn an_address_is_text_and_never_another_parameter() {
        let url = question(GOOGLE_MAPS, "secret", &street()).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            pairs,
            [
                pair("address", "1 Main & key=x, Suite #5, Denver, CO 80202"),
                pair("components", "country:US"),
                pair("key", "secret"),
            ]
        );
    }

    /// Asks for one address after the other.
    async fn geocoder() -> Called {
        let called =
            Called::by(Protocol::Http(r#"{"status":"ZERO_RESULTS"}"#), |address, circuit| {
                let base = format!("http://{address}");
                let service = Arc::new(GoogleMaps::new(&base, "secret", circuit).unwrap());
                move || -> Calling {
                    let service = Arc::clone(&service);
                    Box::pin(async move { drop(service.locate(&street()).await) })
                }
            });
        called.await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_geocoder_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
        println!("{:?}", outages(geocoder).await);
    }
}
