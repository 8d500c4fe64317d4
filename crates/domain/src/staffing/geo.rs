//! Positions on the ground and the distance between two of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mean radius of the earth in metres (IUGG).
const EARTH_RADIUS_METERS: f64 = 6_371_008.8;

/// A position in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Position {
    /// Degrees north, -90 to 90.
    #[schemars(range(min = -90, max = 90))]
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    #[schemars(range(min = -180, max = 180))]
    pub longitude: f64,
}

impl Position {
    /// The way over the ground to `other` in metres, by the haversine formula on a sphere: at most
    /// 0.6 % off the ellipsoid, which is less than a telephone's position is worth.
    pub fn meters_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = half(other.longitude - self.longitude);
        let chord = half(other.latitude - self.latitude) + from.cos() * to.cos() * across;
        2.0 * EARTH_RADIUS_METERS * chord.clamp(0.0, 1.0).sqrt().asin()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position { latitude, longitude }
    }

    #[test]
    fn known_distances_come_out() {
        let near = |one: Position, other: Position, meters: f64| {
            let off = (one.meters_to(other) - meters).abs();
            assert!(off < meters * 0.001, "{} is not {meters}", one.meters_to(other));
        };
        // A degree along a meridian, half around the earth, and across the date line.
        near(at(0.0, 0.0), at(1.0, 0.0), 111_195.0);
        near(at(0.0, 0.0), at(0.0, 180.0), 20_015_115.0);
        near(at(0.0, 179.5), at(0.0, -179.5), 111_195.0);
        // Denver to New York.
        near(at(39.7392, -104.9903), at(40.7128, -74.006), 2_619_500.0);
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways_and_never_absurd(
            a in -90.0..=90.0, b in -180.0..=180.0, c in -90.0..=90.0, d in -180.0..=180.0,
        ) {
            let (one, other) = (at(a, b), at(c, d));
            let there = one.meters_to(other);
            prop_assert!((0.0..20_016_000.0).contains(&there));
            prop_assert!((there - other.meters_to(one)).abs() < 0.001);
            prop_assert!(one.meters_to(one) < 0.001);
        }
    }
}
