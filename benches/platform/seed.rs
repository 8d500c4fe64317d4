//! A large database, made by bare SQL from rows that the server itself wrote.
//!
//! Four organizations of 1 k, 10 k, 100 k and (in a full run) 1 M bookings, each over the same two
//! years, sixteen locations and months, so that only the number differs; two assignments and one
//! event to each booking. Indexes and triggers are taken away while rows are poured in and put back
//! from the schema's own text.

use rusqlite::{Connection, Statement, params};
use uuid::Uuid;

use crate::bare::{Ids, Row, open};
use crate::http::Client;
use crate::server::Home;
use crate::world::World;
use crate::{Bench, Result, cases};

const LOCATIONS: u64 = 16;
const MINUTE: i64 = 60_000_000;
const SPAN: i64 = 730 * 24 * 60 * MINUTE;

/// Most are past drafts; a tenth is cancelled.
const STATUSES: [&str; 10] = [
    "draft",
    "pending_approval",
    "approved",
    "confirmed",
    "in_progress",
    "on_hold",
    "completed",
    "completed",
    "completed",
    "cancelled",
];

/// The database and its organizations by size, smallest first.
pub(crate) struct Seeded {
    pub(crate) home: Home,
    pub(crate) admin: String,
    pub(crate) organizations: Vec<(u64, Uuid)>,
    /// Events in the log.
    pub(crate) events: u64,
}

/// Rows to copy.
struct Patterns {
    organization: Row,
    user: Row,
    location: Row,
    booking: Row,
    event: Row,
    ids: Ids,
    position: i64,
    first: i64,
}

pub(crate) fn seed(bench: &mut Bench) -> Result<Seeded> {
    let home = Home::new(bench, "reading")?;
    let server = home.serve()?;
    server.ready()?;
    let mut world = World::make(&home, &server, 1)?;
    let mut request = Vec::new();
    world.slots.write(&mut request);
    Client::connect(server.address, "")?.ask(&request)?;
    cases::settled(&home)?;
    server.stop()?;

    let db = open(home.file()?)?;
    for (pragma, value) in [("journal_mode", "OFF"), ("synchronous", "OFF")] {
        db.pragma_update(None, pragma, value)?;
    }
    db.pragma_update(None, "foreign_keys", "OFF")?;
    db.pragma_update(None, "cache_size", -524_288)?;
    let put_back = set_aside(&db)?;
    let mut patterns = Patterns::read(&db)?;
    let mut sizes = vec![1_000, 10_000];
    sizes.extend((bench.plan.size > 100_000).then_some(100_000));
    sizes.push(bench.plan.size);
    let mut organizations = Vec::new();
    for size in sizes {
        db.execute_batch("BEGIN")?;
        organizations.push((size, patterns.pour(&db, size)?));
        db.execute_batch("COMMIT")?;
    }
    count(&db)?;
    db.execute("UPDATE subscriptions SET cursor = (SELECT max(position) FROM events)", [])?;
    put_back.iter().try_for_each(|sql| db.execute_batch(sql))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.close().map_err(|(_, error)| error)?;
    // Nothing of this is to be written while something else is measured.
    std::fs::File::open(home.file()?)?.sync_all()?;
    let events = patterns.position as u64;
    Ok(Seeded { home, admin: world.admin, organizations, events })
}

/// Drops indexes and triggers of the large tables; what makes them again, indexes first.
fn set_aside(db: &Connection) -> Result<Vec<String>> {
    let mut statement = db.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL
            AND type IN ('index', 'trigger') AND tbl_name IN ('bookings', 'assignments', 'events')
          ORDER BY type",
    )?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found = found.collect::<Result<Vec<(String, String, String)>, _>>()?;
    let mut put_back = Vec::new();
    for (kind, name, sql) in found {
        db.execute_batch(&format!("DROP {kind} {name}"))?;
        put_back.push(sql);
    }
    Ok(put_back)
}

impl Patterns {
    fn read(db: &Connection) -> Result<Self> {
        let booking = Row::read(db, "bookings", "true", [])?;
        let of = booking.get_id("organization_id")?;
        let now = jiff::Timestamp::now();
        Ok(Self {
            organization: Row::read(db, "organizations", "id = ?1", [of])?,
            user: Row::read(db, "users", "id = ?1", [booking.get_id("created_by")?])?,
            location: Row::read(db, "locations", "organization_id = ?1", [of])?,
            event: Row::read(db, "events", "subject_id = ?1", [booking.get_id("id")?])?,
            booking,
            ids: Ids::since(now.as_millisecond() as u64 - 2 * 24 * 3_600_000),
            position: db.query_row("SELECT max(position) FROM events", [], |row| row.get(0))?,
            first: now.as_microsecond() / MINUTE * MINUTE - SPAN / 2,
        })
    }

    /// One organization with everything in it.
    fn pour(&mut self, db: &Connection, size: u64) -> Result<Uuid> {
        let organization = self.ids.next();
        self.organization.id(self.organization.column("id")?, organization);
        self.organization.text(self.organization.column("name")?, format!("Of {size}"));
        self.organization.write(&mut db.prepare(&self.organization.insert)?)?;
        let locations = (0..LOCATIONS)
            .map(|index| self.location(db, organization, index))
            .collect::<Result<Vec<_>>>()?;
        // A pair to each location: what never meets at a place never meets in person.
        let staff = (0..LOCATIONS * 2)
            .map(|index| self.user(db, size, index))
            .collect::<Result<Vec<_>>>()?;

        let own = |name| self.booking.column(name);
        let (id, of, at) = (own("id")?, own("organization_id")?, own("location_id")?);
        let (from, to) = (own("scheduled_start")?, own("scheduled_end")?);
        let (status, by) = (own("status")?, own("created_by")?);
        let mut booking = db.prepare(&self.booking.insert)?;
        let mut event = db.prepare(&self.event.insert)?;
        let mut assignment = db.prepare(ASSIGN)?;
        let stride = SPAN / i64::try_from(size.div_ceil(LOCATIONS))?;
        for index in 0..size {
            let place = (index % LOCATIONS) as usize;
            let start = self.first + (index / LOCATIONS) as i64 * stride;
            let end = start + stride.min(15 * MINUTE);
            let own = self.ids.next();
            self.booking.id(id, own);
            self.booking.id(of, organization);
            self.booking.id(at, locations[place]);
            self.booking.id(by, staff[0]);
            self.booking.integer(from, start);
            self.booking.integer(to, end);
            self.booking.text(status, STATUSES[(index % 10) as usize]);
            self.booking.write(&mut booking)?;
            for person in [staff[place * 2], staff[place * 2 + 1]] {
                assignment.execute(params![self.ids.next(), own, person, start, end])?;
            }
            self.event(&mut event, organization, own)?;
        }
        Ok(organization)
    }

    fn location(&mut self, db: &Connection, organization: Uuid, index: u64) -> Result<Uuid> {
        let id = self.ids.next();
        self.location.id(self.location.column("id")?, id);
        self.location.id(self.location.column("organization_id")?, organization);
        self.location.text(self.location.column("name")?, format!("Site {index}"));
        self.location.write(&mut db.prepare(&self.location.insert)?)?;
        Ok(id)
    }

    fn user(&mut self, db: &Connection, size: u64, index: u64) -> Result<Uuid> {
        let id = self.ids.next();
        let email = format!("agent{index}@of{size}.example.com");
        self.user.id(self.user.column("id")?, id);
        self.user.text(self.user.column("email")?, email.clone());
        self.user.text(self.user.column("email_key")?, email);
        self.user.text(self.user.column("display_name")?, format!("Agent Number {index}"));
        self.user.write(&mut db.prepare(&self.user.insert)?)?;
        Ok(id)
    }

    fn event(
        &mut self,
        insert: &mut Statement<'_>,
        organization: Uuid,
        booking: Uuid,
    ) -> Result<()> {
        self.position += 1;
        self.event.integer(self.event.column("position")?, self.position);
        for name in ["id", "causation_id"] {
            self.event.id(self.event.column(name)?, self.ids.next());
        }
        for name in ["subject_id", "correlation_id"] {
            self.event.id(self.event.column(name)?, booking);
        }
        self.event.id(self.event.column("organization_id")?, organization);
        self.event.write(insert)
    }
}

const ASSIGN: &str = "INSERT INTO assignments
    (id, booking_id, staff_id, role, hourly_rate, special_requirements, status, live,
     scheduled_start, scheduled_end, created_at, updated_at, version)
 VALUES (?1, ?2, ?3, 'trimmer', 2450, '[]', 'assigned', 1, ?4, ?5, ?4, ?4, 1)";

/// The sums that the engine would have kept.
fn count(db: &Connection) -> Result<()> {
    const PLACE: &str =
        "lower(substr(hex(location_id), 1, 8) || '-' || substr(hex(location_id), 9, 4)
        || '-' || substr(hex(location_id), 13, 4) || '-' || substr(hex(location_id), 17, 4)
        || '-' || substr(hex(location_id), 21))";
    const MONTH: &str = "strftime('%Y-%m', scheduled_start / 1000000, 'unixepoch')";
    db.execute("DELETE FROM booking_counters", [])?;
    let dimensions = [
        ("status", "status"),
        ("location", PLACE),
        ("operation_type", "operation_type"),
        ("month", MONTH),
    ];
    for (dimension, key) in dimensions {
        db.execute(
            &format!(
                "INSERT INTO booking_counters (organization_id, dimension, key, total, completed,
                    cancelled, revenue, budget, actual_cost)
                 SELECT organization_id, '{dimension}', {key}, count(*), sum(status = 'completed'),
                    sum(status = 'cancelled'),
                    sum(iif(status = 'completed', coalesce(actual_cost, budget, 0), 0)),
                    sum(coalesce(budget, 0)), sum(coalesce(actual_cost, 0))
                   FROM bookings GROUP BY organization_id, {key}"
            ),
            [],
        )?;
    }
    Ok(())
}
