//! The same report as `application/health+json` (draft-inadarei-api-health-check-06), for those who ask for it.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rishi_app::operations::health::{self, Health};
use serde_json::{Map, Value, json};

use super::Figures;
use super::components::{Components, recent_errors};
use crate::answer;
use crate::problem::Problem;

const MEDIA_TYPE: &str = "application/health+json";

/// Whether the caller asks for it by name.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = values.flat_map(|text| text.split(','));
    kinds.any(|kind| {
        let name = kind.split(';').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case(MEDIA_TYPE)
    })
}

/// The report; 503 where something is unhealthy, as the draft wants it.
pub(super) fn answer(figures: &Figures, components: &Components) -> Result<Response, Problem> {
    let overall = health::overall(components.all());
    let body = json!({
        "status": word(overall),
        "version": "1",
        "releaseId": env!("CARGO_PKG_VERSION"),
        "description": "the Rishi Platform",
        "checks": checks(figures),
    });
    let text = serde_json::to_string(&body).map_err(answer::unwritable)?;
    let mut response = Response::new(Body::from(text));
    if overall == Health::Unhealthy {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    Ok(response)
}

const fn word(health: Health) -> &'static str {
    match health {
        Health::Healthy => "pass",
        Health::Degraded => "warn",
        Health::Unhealthy => "fail",
    }
}

fn checks(figures: &Figures) -> Map<String, Value> {
    let time = figures.at;
    let mut checks = Map::new();
    let mut put = |name: &str, kind: &str, status: Health, value: Value, unit: &str| {
        let mut check = json!({ "componentType": kind, "status": word(status), "time": time });
        if !value.is_null() {
            (check["observedValue"], check["observedUnit"]) = (value, json!(unit));
        }
        checks.insert(name.to_owned(), json!([check]));
    };
    let writable = figures.storage.unwritable.is_none();
    let database = health::database(figures.database, writable);
    put("database:responseTime", "datastore", database, json!(figures.database), "ms");
    if let Some(status) = figures.event_bus {
        let errors = json!(recent_errors(figures));
        put("eventBus:recentErrors", "component", status, errors, "errors");
    }
    let open = figures.circuits.iter().filter(|view| !view.is_closed()).count();
    let circuits = health::circuits(&figures.circuits);
    put("circuitBreakers:open", "component", circuits, json!(open), "circuits");
    if let Some(memory) = figures.memory {
        let percent = json!(memory.percent());
        put("memory:utilization", "system", health::memory(memory), percent, "percent");
    }
    for one in &figures.external {
        let status = health::external(std::slice::from_ref(one));
        let name = format!("{}:responseTime", one.name);
        put(&name, "component", status, json!(one.millis), "ms");
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_to_those_who_name_it() {
        let wanted = |accept: &'static str| {
            let value = HeaderValue::from_static(accept);
            is_wanted(&[(header::ACCEPT, value)].into_iter().collect())
        };
        assert!(wanted("application/health+json"));
        assert!(wanted("text/html, Application/Health+JSON;q=0.9"));
        assert!(!wanted("application/json") && !wanted("*/*"));
        assert!(!is_wanted(&HeaderMap::new()));
    }
}
