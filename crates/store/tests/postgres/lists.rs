//! Lists of bookings whose entries are kept in memory: positions come after the commit here, and a caller sees a part.

use std::sync::Arc;

use rishi_app::Store as _;
use rishi_app::auth::Authenticator;
use rishi_app::bookings::{BookingFilter, SharedRecord};
use rishi_app::scope::Scope;
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};

use rishi_domain::id::OrganizationId;
use rishi_domain::permission::{Capability, Role};
use rishi_domain::user::CreateUser;
use rishi_store::postgres::Postgres;
use uuid::Uuid;

use crate::support::House;

/// Two bookings of the client, the second at a place of everybody's, made by SQL under these ids.
const BOOKINGS: &str = "
    INSERT INTO locations (id, organization_id, name, location_type, line1, city, region, postal_code, country, timezone,
            amenities, accessibility_features, geofence_radius_meters, status, created_at, updated_at, version)
        VALUES ('00000000-0000-0000-0000-0000000000aa', NULL, 'Main Street', 'office', '', '', '', '', '', 'UTC', '[]',
            '[]', 1, 'active', 0, 0, 1);
    INSERT INTO bookings (id, organization_id, title, operation_type, priority, location_id, scheduled_start,
            scheduled_end, timezone, status, created_by, created_at, updated_at, version)
        SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, o.id, 'Tasting ' || n, 'general', 'low',
            CASE n WHEN 2 THEN '00000000-0000-0000-0000-0000000000aa'::uuid END, n, n + 1, 'UTC', 'draft', u.id, 0, 0, 1
          FROM generate_series(1, 2) AS n, organizations o, (SELECT id FROM users LIMIT 1) u WHERE o.kind = 'client'";

fn booking(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

async fn client(house: &House) -> OrganizationId {
    let (client, commit) = house.organization();
    house.store.commit(commit).await.unwrap();
    client.id
}

async fn member(house: &House, organization: OrganizationId, role: Role) -> Scope {
    let email = format!("{}@example.com", house.app.ids.next::<Uuid>());
    let user = CreateUser {
        email: email.clone(),
        display_name: role.to_string(),
        locale: None,
        timezone: None,
    };
    let new = NewMember { user, organization, role, serves: Vec::new(), entry: Entry::Later };
    house.app.add_user(new).await.unwrap();
    let token = NewToken { email, organization: None, name: "test".to_owned(), days: 1 };
    let (_, secret) = house.app.add_token(token).await.unwrap();
    let authenticator = Authenticator::new(&house.app);
    let now = house.app.clock.now();
    authenticator.bearer(secret.reveal(), now).await.unwrap().scope(Capability::ReadBookings)
}

async fn listed(store: &Postgres, scope: &Scope, of: OrganizationId) -> Vec<Arc<SharedRecord>> {
    let filter = BookingFilter { organization: Some(of), ..BookingFilter::default() };
    store.bookings(scope, &filter).await.unwrap().items
}

fn titles(list: &[Arc<SharedRecord>]) -> Vec<&str> {
    list.iter().map(|record| record.booking.title.as_str()).collect()
}

/// Gives a booking a title, with an event that has no position yet.
async fn rename(house: &House, number: u128, title: &str) {
    let mut db = house.database.connect().await;
    let transaction = db.transaction().await.unwrap();
    let sql = "UPDATE bookings SET title = $2, version = version + 1 WHERE id = $1";
    transaction.execute(sql, &[&booking(number), &title]).await.unwrap();
    let sql = "INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id,
            schema_version, timestamp, data)
         VALUES (nextval('unsequenced_batches'), 1, gen_random_uuid(), 'BOOKING_UPDATED', 'test', 'booking', $1,
            1, 0, '{}')";
    transaction.execute(sql, &[&booking(number)]).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn an_entry_is_taken_from_memory_until_an_event_is_about_it_whether_it_has_a_position_or_not()
{
    let house = House::new().await;
    let client = client(&house).await;
    let all = member(&house, house.operator.id, Role::SuperAdmin).await;
    house.database.connect().await.batch_execute(BOOKINGS).await.unwrap();
    let first = listed(&house.store, &all, client).await;
    assert_eq!(titles(&first), ["Tasting 1", "Tasting 2"]);
    let again = listed(&house.store, &all, client).await;
    assert!(first.iter().zip(&again).all(|(one, other)| Arc::ptr_eq(one, other)));

    // Nobody sequences while this is held.
    let mut db = house.database.connect().await;
    let held = db.transaction().await.unwrap();
    held.query("SELECT position FROM log_head FOR UPDATE", &[]).await.unwrap();
    for title in ["Changed", "Changed again"] {
        rename(&house, 1, title).await;
        for _ in 0..2 {
            let list = listed(&house.store, &all, client).await;
            assert_eq!(titles(&list), [title, "Tasting 2"]);
            assert!(Arc::ptr_eq(&first[1], &list[1]), "nothing is about the other one");
        }
    }
    held.rollback().await.unwrap();

    // Another process gives the events their positions, and this one has to read of them.
    let beside = house.beside().await;
    let before = *house.store.head().borrow();
    beside.head().wait_for(|head| *head >= before + 2).await.unwrap();
    let list = listed(&house.store, &all, client).await;
    assert_eq!(titles(&list), ["Changed again", "Tasting 2"]);
    let again = listed(&house.store, &all, client).await;
    assert!(list.iter().zip(&again).all(|(one, other)| Arc::ptr_eq(one, other)));
    assert_eq!(titles(&listed(&beside, &all, client).await), ["Changed again", "Tasting 2"]);
}

#[tokio::test]
async fn what_is_kept_is_whole_whoever_asked_first() {
    let house = House::new().await;
    let client = client(&house).await;
    let all = member(&house, house.operator.id, Role::SuperAdmin).await;
    let manager = member(&house, client, Role::ClientManager).await;
    house.database.connect().await.batch_execute(BOOKINGS).await.unwrap();
    // With somebody from elsewhere, at a place that the manager's part of the database does not hold (triggers refuse that).
    let sql = "INSERT INTO users VALUES (gen_random_uuid(), 'x@example.com', 'x@example.com', 'From elsewhere', 'active',
            'en', 'UTC', 0, 0, 1);
        INSERT INTO assignments (id, booking_id, staff_id, role, special_requirements, status, live, scheduled_start,
            scheduled_end, created_at, updated_at, version)
        SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000002', id, 'r', '[]', 'assigned', true, 2, 3, 0, 0, 1
          FROM users WHERE email = 'x@example.com';
        SET session_replication_role = replica;
        UPDATE locations SET organization_id = (SELECT id FROM organizations WHERE kind = 'internal')";
    house.database.connect().await.batch_execute(sql).await.unwrap();
    let narrow = listed(&house.store, &manager, client).await;
    let wide = listed(&house.store, &all, client).await;
    let beside = house.beside().await;
    let fresh = listed(&beside, &all, client).await;
    for list in [&narrow, &wide, &fresh] {
        assert_eq!(list[1].location.as_ref().unwrap().name, "Main Street");
        assert_eq!(list[1].staff[0].staff.display_name, "From elsewhere");
    }
    assert!(Arc::ptr_eq(&narrow[1], &wide[1]));
}
