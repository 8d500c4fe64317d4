//! Rate, errors and duration of each route.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};
use rishi_app::operations::storage::{Distribution, Histogram};

/// Methods that are told apart; any other is the last.
const METHODS: [&str; 6] = ["GET", "POST", "PATCH", "PUT", "DELETE", "other"];
/// Microseconds, from one millisecond to ten seconds.
const BOUNDS: [u64; 12] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000,
];

/// The figures of each route, by its path as it is declared. There are no more than there are routes.
#[derive(Debug, Default)]
pub(crate) struct Routes(RwLock<HashMap<String, [Figures; METHODS.len()]>>);

#[derive(Debug)]
struct Figures {
    by_class: [AtomicU64; 5],
    times: Histogram<{ BOUNDS.len() }>,
}

impl Default for Figures {
    fn default() -> Self {
        Self { by_class: Default::default(), times: Histogram::new(BOUNDS) }
    }
}

impl Figures {
    fn answered(&self, class: usize, took: Duration) {
        self.by_class[class].fetch_add(1, Ordering::Relaxed);
        self.times.took(took);
    }
}

/// What a route was asked with one method.
#[derive(Debug)]
pub(crate) struct RouteFigures {
    pub(crate) method: &'static str,
    pub(crate) route: String,
    /// By the first digit of the status, from 1 to 5.
    pub(crate) by_class: [u64; 5],
    /// In microseconds.
    pub(crate) times: Distribution,
}

impl Routes {
    /// A request was answered.
    pub(super) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let last = METHODS.len() - 1;
        let method = METHODS.iter().position(|one| *one == method.as_str()).unwrap_or(last);
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        if let Some(figures) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(route) {
            return figures[method].answered(class, took);
        }
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(route.to_owned()).or_default()[method].answered(class, took);
    }

    /// What was asked for so far, by route.
    pub(crate) fn all(&self) -> Vec<RouteFigures> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let each = routes.iter().flat_map(|(route, figures)| {
            METHODS.into_iter().zip(figures).map(|(method, figures)| RouteFigures {
                method,
                route: route.clone(),
                by_class: figures.by_class.each_ref().map(|count| count.load(Ordering::Relaxed)),
                times: figures.times.now(),
            })
        });
        let mut all: Vec<_> = each.filter(|one| one.times.count > 0).collect();
        all.sort_by(|one, other| (&one.route, one.method).cmp(&(&other.route, other.method)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_and_method_is_counted_apart() {
        let routes = Routes::default();
        let purge = Method::from_bytes(b"PURGE").unwrap();
        for (method, status, millis) in [
            (&Method::GET, StatusCode::OK, 1),
            (&Method::GET, StatusCode::NOT_FOUND, 30),
            (&Method::POST, StatusCode::CREATED, 7),
            (&purge, StatusCode::METHOD_NOT_ALLOWED, 1),
        ] {
            routes.answered(method, "/api/bookings/{id}", status, Duration::from_millis(millis));
        }
        let all = routes.all();
        let methods: Vec<&str> = all.iter().map(|one| one.method).collect();
        assert_eq!(methods, ["GET", "POST", "other"]);
        assert_eq!(all[0].by_class, [0, 1, 0, 1, 0]);
        assert_eq!((all[0].times.count, all[0].times.sum), (2, 31_000));
    }
}
