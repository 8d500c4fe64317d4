//! The second wall: what the database itself shows of one organization to another, whatever a query asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use rishi_app::App;
use rishi_bus::testing::TestClock;
use rishi_store::postgres::{Postgres, PostgresOptions, migrate};
use tokio_postgres::{Client, NoTls};

use crate::database::Database;
use crate::support::House;

/// Tables that name an organization and are seen by everybody all the same, with the reason. There are none.
const OPEN: [(&str, &str); 0] = [];

/// Rows of an organization in every table that names one, in the order in which they refer to each other. `:o` is the
/// organization's letter; an id is made of it and of what it is about.
const ROWS: &str = "
    INSERT INTO organizations VALUES (id(':o'), ':o', 'client', 1, 'active', 'UTC', 'USD', '{}', 0, 0, 1);
    INSERT INTO users VALUES (id(':o user'), ':o', ':o', ':o', 'active', 'en', 'UTC', 0, 0, 1);
    INSERT INTO memberships VALUES (id(':o member'), id(':o user'), id(':o'), 'client_manager', '[]', 0, 0, 1);
    INSERT INTO served_organizations VALUES (id(':o'), id(':o member'));
    INSERT INTO tokens VALUES (id(':o token'), id(':o user'), id(':o'), 't', ':o', 0, 0);
    INSERT INTO locations (id, organization_id, name, location_type, line1, city, region, postal_code, country, timezone,
            amenities, accessibility_features, geofence_radius_meters, status, created_at, updated_at, version)
        VALUES (id(':o place'), id(':o'), 'p', 'office', '', '', '', '', '', 'UTC', '[]', '[]', 1, 'active', 0, 0, 1);
    INSERT INTO booking_series VALUES (id(':o series'), id(':o'), '', '', 1, 'UTC', NULL, NULL, id(':o user'), 0, 0, 1);
    INSERT INTO bookings (id, organization_id, title, operation_type, priority, location_id, scheduled_start,
            scheduled_end, timezone, status, created_by, created_at, updated_at, version, series_id, series_number)
        VALUES (id(':o booking'), id(':o'), 'b', 'general', 'low', id(':o place'), 0, 1, 'UTC', 'draft', id(':o user'),
            0, 0, 1, id(':o series'), 1);
    INSERT INTO assignments (id, booking_id, staff_id, role, special_requirements, status, live, scheduled_start,
            scheduled_end, created_at, updated_at, version)
        VALUES (id(':o shift'), id(':o booking'), id(':o user'), 'r', '[]', 'assigned', true, 0, 1, 0, 0, 1);
    INSERT INTO booking_counters VALUES (id(':o'), 'status', 'draft', 1, 0, 0, 0, 0, 0);
    INSERT INTO staff_profiles (user_id, organization_id, status, skills, blocked_locations, created_at, updated_at,
            version) VALUES (id(':o user'), id(':o'), 'active', '[]', '[]', 0, 0, 1);
    INSERT INTO availability_blocks (id, user_id, organization_id, kind, status, local_start, local_end, timezone,
            exdates, starts_at, created_at, updated_at, version)
        VALUES (id(':o block'), id(':o user'), id(':o'), 'leave', 'unavailable', '', '', 'UTC', '[]', 0, 0, 0, 1);
    INSERT INTO notifications VALUES (id(':o note'), id(':o user'), id(':o'), 'k', 't', 'm', 'booking', id(':o booking'),
        NULL, 0);
    INSERT INTO notification_deliveries (notification_id, channel, user_id, organization_id, outcome, attempts,
            created_at, updated_at) VALUES (id(':o note'), 'email', id(':o user'), id(':o'), 'pending', 0, 0, 0);
    INSERT INTO notification_templates VALUES (id(':o'), 'k', 'en', '{}', 0, 1);
    INSERT INTO webhook_endpoints (id, organization_id, url, event_types, ordered, status, secret, created_at,
            updated_at, version) VALUES (id(':o hook'), id(':o'), 'u', '[]', false, 'enabled', '', 0, 0, 1);
    INSERT INTO calendar_feeds VALUES (id(':o feed'), id(':o user'), ':o', 'organization', NULL, id(':o'), 'f', NULL, 0);
    INSERT INTO inbox VALUES (id(':o'), 's', 'i', id(':o message'), 0);
    INSERT INTO events (position, id, type, source, subject_kind, subject_id, version, schema_version, organization_id,
            timestamp, data, hash)
        VALUES (ascii(':o'), id(':o event'), 'T', 's', 'k', id(':o event'), 1, 1, id(':o'), 0, '{}', '');
    INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id, schema_version, organization_id,
            timestamp, data) VALUES (ascii(':o'), 1, id(':o next'), 'T', 's', 'k', id(':o next'), 1, id(':o'), 0, '{}');
    INSERT INTO timers (key, due_at, id, type, source, subject_kind, subject_id, schema_version, organization_id, data)
        VALUES (':o', 0, id(':o timer'), 'T', 's', 'k', id(':o timer'), 1, id(':o'), '{}')";

/// Rows of the organizations a and b, and of some that belong to nobody.
async fn filled() -> Database {
    let database = Database::fresh().await;
    let client = database.connect().await;
    let ids = "CREATE FUNCTION id(text) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5($1)::uuid";
    client.batch_execute(ids).await.unwrap();
    for letter in ["a", "b"] {
        client.batch_execute(&ROWS.replace(":o", letter)).await.unwrap();
    }
    database
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What the session says from now on; organizations by their letters, a person by its organization's.
async fn say(client: &Client, scope: &str, person: &str) {
    let sql = "SELECT set_config('rishi.scope', CASE WHEN $1 IN ('all', '') THEN $1
            ELSE (SELECT string_agg(id(one)::text, ',') FROM unnest(string_to_array($1, ',')) AS one) END, false),
        set_config('rishi.person', CASE WHEN $2 = '' THEN '' ELSE id($2 || ' user')::text END, false)";
    client.execute(sql, &[&scope, &person]).await.unwrap();
}

/// The letters of the organizations whose rows a query without any condition finds, for each table behind the wall.
async fn seen(client: &Client) -> Vec<(String, BTreeSet<String>)> {
    let sql = "SELECT relname::text, EXISTS (SELECT 1 FROM pg_attribute
            WHERE attrelid = c.oid AND attname = 'organization_id')
        FROM pg_class c WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace ORDER BY 1";
    let mut found = Vec::new();
    for row in client.query(sql, &[]).await.unwrap() {
        let (table, names): (String, bool) = (row.get(0), row.get(1));
        let column = if names { "organization_id" } else { "id" };
        let sql = format!(
            "SELECT coalesce(CASE {column} WHEN id('a') THEN 'a' WHEN id('b') THEN 'b' END, '?') FROM {table}"
        );
        let rows = client.query(&sql, &[]).await.unwrap();
        found.push((table, rows.iter().map(|row| row.get(0)).collect()));
    }
    found
}

fn letters(letters: &str) -> BTreeSet<String> {
    letters.chars().map(String::from).collect()
}

#[tokio::test]
async fn every_table_that_names_an_organization_is_behind_the_wall() {
    let database = Database::fresh().await;
    let sql = "SELECT c.relname::text, c.relrowsecurity AND c.relforcerowsecurity AND
            (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) = 2
          FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
           AND (c.relname = 'organizations' OR EXISTS (SELECT 1 FROM pg_attribute
                WHERE attrelid = c.oid AND attname = 'organization_id' AND NOT attisdropped))";
    let tables = database.connect().await.query(sql, &[]).await.unwrap();
    assert!(tables.len() > 15, "{} tables", tables.len());
    for row in tables {
        let (name, behind): (String, bool) = (row.get(0), row.get(1));
        let open = OPEN.iter().any(|(table, _)| *table == name);
        assert_ne!(behind, open, "{name}: a policy in a migration, or a reason in OPEN");
    }
}

/// What is a person's, whichever organization it names.
const PERSONAL: [&str; 2] = ["calendar_feeds", "notifications"];

#[tokio::test]
async fn i9_a_query_without_a_condition_shows_what_was_said_and_no_more() {
    let database = filled().await;
    let client = connect(&database.url()).await;
    for (scope, sees) in [("", ""), ("a", "a"), ("b", "b"), ("a,b", "ab"), ("all", "ab"), ("", "")]
    {
        say(&client, scope, "").await;
        for (table, found) in seen(&client).await {
            let hidden = scope != "all" && PERSONAL.contains(&table.as_str());
            let sees = if hidden { "" } else { sees };
            assert_eq!(found, letters(sees), "{table} within {scope:?}");
        }
    }
    // A session that has never said anything.
    for (table, found) in seen(&connect(&database.url()).await).await {
        assert_eq!(found, letters(""), "{table}");
    }
}

#[tokio::test]
async fn i9_a_person_sees_what_is_the_persons_own() {
    let database = filled().await;
    let client = connect(&database.url()).await;
    say(&client, "", "a").await;
    let own = ["availability_blocks", "memberships", "staff_profiles", "tokens"];
    for (table, found) in seen(&client).await {
        let name = table.as_str();
        let seen = own.contains(&name) || PERSONAL.contains(&name);
        assert_eq!(found, letters(if seen { "a" } else { "" }), "{table}");
    }
}

#[tokio::test]
async fn through_a_scope_nothing_is_changed() {
    let database = filled().await;
    let client = connect(&database.url()).await;
    say(&client, "a", "a").await;
    for sql in ["UPDATE bookings SET title = 'c'", "DELETE FROM inbox"] {
        assert_eq!(client.execute(sql, &[]).await.unwrap(), 0, "{sql}");
    }
    let sql = "INSERT INTO inbox VALUES (id('a'), 's', 'j', id('j'), 0)";
    let refused = client.execute(sql, &[]).await.unwrap_err();
    assert!(format!("{refused:?}").contains("row-level security"), "{refused:?}");
    say(&client, "all", "").await;
    assert_eq!(client.execute("UPDATE bookings SET title = 'c'", &[]).await.unwrap(), 2);
}

#[tokio::test]
async fn who_serves_changes_rows_and_nothing_of_the_schema() {
    let database = Database::fresh().await;
    let client = connect(&database.url()).await;
    client.batch_execute("SET rishi.scope = 'all'").await.unwrap();
    for sql in [
        "ALTER TABLE bookings DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON bookings",
        "CREATE TABLE theirs (id int)",
        "TRUNCATE bookings CASCADE",
        "UPDATE platform SET needs = 1",
        "INSERT INTO copying VALUES (1, '', 0, '')",
        "DELETE FROM refinery_schema_history",
    ] {
        let refused = client.batch_execute(sql).await.unwrap_err();
        let code = refused.code().map(tokio_postgres::error::SqlState::code);
        assert_eq!(code, Some("42501"), "{sql}: {refused:?}");
    }
}

#[tokio::test]
async fn who_is_not_bound_is_told() {
    let house = House::new().await;
    assert!(house.store.is_behind_the_second_wall());
    let past =
        Postgres::open(PostgresOptions::new(house.database.url_past_the_wall())).await.unwrap();
    assert!(!past.is_behind_the_second_wall(), "a superuser");
}

#[tokio::test]
async fn an_owner_who_serves_is_bound_as_well() {
    let database = Database::empty().await;
    let url = database.url();
    migrate(&url).await.unwrap();
    let store = Postgres::open(PostgresOptions::new(&url)).await.unwrap();
    assert!(store.is_behind_the_second_wall());
    let app = App::new(store.clone(), store.clone(), Arc::new(TestClock::default()));
    app.ensure_internal_organization("House").await.unwrap();
    store.close().await;

    let client = connect(&url).await;
    let seen = async || {
        let row = client.query_one("SELECT count(*) FROM organizations", &[]).await.unwrap();
        row.get::<_, i64>(0)
    };
    assert_eq!(seen().await, 0);
    client.batch_execute("SET rishi.scope = 'all'").await.unwrap();
    assert_eq!(seen().await, 1);
    // Whoever does not know that something must be said would find an empty database.
    let needs: i64 = client.query_one("SELECT needs FROM platform", &[]).await.unwrap().get(0);
    assert!(needs >= 24, "{needs}");
}
