//! Which table holds the entities of a subject's kind.

/// The query for the present version of an entity of a kind, whose id is `$1`.
pub(super) fn version_query(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "organization" => "SELECT version FROM organizations WHERE id = $1",
        "user" => "SELECT version FROM users WHERE id = $1",
        "membership" => "SELECT version FROM memberships WHERE id = $1",
        "location" => "SELECT version FROM locations WHERE id = $1",
        "booking" => "SELECT version FROM bookings WHERE id = $1",
        "series" => "SELECT version FROM booking_series WHERE id = $1",
        "staff" => "SELECT version FROM staff_profiles WHERE user_id = $1",
        "availability" => "SELECT version FROM availability_blocks WHERE id = $1",
        "webhook" => "SELECT version FROM webhook_endpoints WHERE id = $1",
        "assignment" => "SELECT version FROM assignments WHERE id = $1",
        "preferences" => "SELECT version FROM notification_preferences WHERE user_id = $1",
        _ => return None,
    })
}
