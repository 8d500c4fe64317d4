-- The platform's state and its event log.
--
-- Ids are 16-byte UUIDs, instants are microseconds since 1970 (UTC), amounts are minor units,
-- structured values are JSON text. Every table is STRICT. Tables keyed by a UUID are WITHOUT ROWID:
-- version 7 ids grow with time, so rows made together lie together and there is one tree less to write.

CREATE TABLE organizations (
    id          BLOB    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    tier        INTEGER NOT NULL,
    status      TEXT    NOT NULL,
    timezone    TEXT    NOT NULL,
    currency    TEXT    NOT NULL,
    settings    TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id           BLOB    NOT NULL PRIMARY KEY,
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    locale       TEXT    NOT NULL,
    timezone     TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE passwords (
    user_id    BLOB    NOT NULL PRIMARY KEY REFERENCES users (id),
    hash       TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    id              BLOB    NOT NULL PRIMARY KEY,
    user_id         BLOB    NOT NULL REFERENCES users (id),
    organization_id BLOB    NOT NULL REFERENCES organizations (id),
    role            TEXT    NOT NULL,
    serves          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_organization ON memberships (organization_id, role, user_id);

-- The organizations that a membership serves, one row each, kept equal to memberships.serves.
CREATE TABLE served_organizations (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    membership_id   BLOB NOT NULL REFERENCES memberships (id),
    PRIMARY KEY (organization_id, membership_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id              BLOB    NOT NULL PRIMARY KEY,
    user_id         BLOB    NOT NULL,
    organization_id BLOB    NOT NULL,
    name            TEXT    NOT NULL,
    digest          BLOB    NOT NULL UNIQUE,
    expires_at      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    FOREIGN KEY (user_id, organization_id) REFERENCES memberships (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE locations (
    id                     BLOB    NOT NULL PRIMARY KEY,
    organization_id        BLOB    REFERENCES organizations (id),
    name                   TEXT    NOT NULL,
    location_type          TEXT    NOT NULL,
    line1                  TEXT    NOT NULL,
    line2                  TEXT,
    city                   TEXT    NOT NULL,
    region                 TEXT    NOT NULL,
    postal_code            TEXT    NOT NULL,
    country                TEXT    NOT NULL,
    latitude               REAL,
    longitude              REAL,
    timezone               TEXT    NOT NULL,
    capacity               INTEGER,
    amenities              TEXT    NOT NULL,
    accessibility_features TEXT    NOT NULL,
    geofence_radius_meters INTEGER NOT NULL,
    status                 TEXT    NOT NULL,
    created_at             INTEGER NOT NULL,
    updated_at             INTEGER NOT NULL,
    version                INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX locations_by_name ON locations (organization_id, name, id);

CREATE TABLE bookings (
    id                     BLOB    NOT NULL PRIMARY KEY,
    organization_id        BLOB    NOT NULL REFERENCES organizations (id),
    title                  TEXT    NOT NULL,
    description            TEXT,
    operation_type         TEXT    NOT NULL,
    activity_type          TEXT,
    priority               TEXT    NOT NULL,
    location_id            BLOB    REFERENCES locations (id),
    scheduled_start        INTEGER NOT NULL,
    scheduled_end          INTEGER NOT NULL,
    timezone               TEXT    NOT NULL,
    budget                 INTEGER,
    actual_cost            INTEGER,
    requirements           TEXT,
    staff_requirements     TEXT,
    equipment_requirements TEXT,
    status                 TEXT    NOT NULL,
    notes                  TEXT,
    created_by             BLOB    NOT NULL REFERENCES users (id),
    submitted_by           BLOB    REFERENCES users (id),
    created_at             INTEGER NOT NULL,
    updated_at             INTEGER NOT NULL,
    version                INTEGER NOT NULL,
    CHECK (scheduled_start < scheduled_end)
) STRICT, WITHOUT ROWID;

CREATE INDEX bookings_by_start ON bookings (organization_id, scheduled_start);
CREATE INDEX bookings_by_status ON bookings (organization_id, status, scheduled_start);
CREATE INDEX bookings_by_location ON bookings (location_id, scheduled_start, scheduled_end, organization_id)
    WHERE location_id IS NOT NULL AND status <> 'cancelled';

-- Bookings of one location that are not cancelled never overlap. As they are disjoint, the one that
-- starts last before the new end is also the one that ends last: looking at it alone is enough.
CREATE TRIGGER bookings_location_free_on_insert BEFORE INSERT ON bookings
WHEN NEW.location_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'foreign location') WHERE NOT EXISTS (
        SELECT 1 FROM locations WHERE id = NEW.location_id
           AND (organization_id IS NULL OR organization_id = NEW.organization_id));
    SELECT RAISE(ABORT, 'location taken') FROM (
        SELECT scheduled_end AS last_end FROM bookings
         WHERE location_id = NEW.location_id AND status <> 'cancelled'
           AND scheduled_start < NEW.scheduled_end AND id <> NEW.id
         ORDER BY scheduled_start DESC LIMIT 1)
     WHERE NEW.status <> 'cancelled' AND last_end > NEW.scheduled_start;
END;

CREATE TRIGGER bookings_location_free_on_update BEFORE UPDATE ON bookings
WHEN NEW.location_id IS NOT NULL AND (
        OLD.location_id IS NOT NEW.location_id OR OLD.organization_id <> NEW.organization_id
        OR OLD.scheduled_start <> NEW.scheduled_start OR OLD.scheduled_end <> NEW.scheduled_end
        OR (OLD.status = 'cancelled' AND NEW.status <> 'cancelled')) BEGIN
    SELECT RAISE(ABORT, 'foreign location') WHERE NOT EXISTS (
        SELECT 1 FROM locations WHERE id = NEW.location_id
           AND (organization_id IS NULL OR organization_id = NEW.organization_id));
    SELECT RAISE(ABORT, 'location taken') FROM (
        SELECT scheduled_end AS last_end FROM bookings
         WHERE location_id = NEW.location_id AND status <> 'cancelled'
           AND scheduled_start < NEW.scheduled_end AND id <> NEW.id
         ORDER BY scheduled_start DESC LIMIT 1)
     WHERE NEW.status <> 'cancelled' AND last_end > NEW.scheduled_start;
END;

CREATE TABLE assignments (
    id                   BLOB    NOT NULL PRIMARY KEY,
    booking_id           BLOB    NOT NULL REFERENCES bookings (id),
    staff_id             BLOB    NOT NULL REFERENCES users (id),
    role                 TEXT    NOT NULL,
    hourly_rate          INTEGER,
    special_requirements TEXT    NOT NULL,
    status               TEXT    NOT NULL,
    live                 INTEGER NOT NULL,
    -- The booking's range, copied so that one person's shifts can be held apart by an index.
    scheduled_start      INTEGER NOT NULL,
    scheduled_end        INTEGER NOT NULL,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    version              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX assignments_by_booking ON assignments (booking_id);
CREATE UNIQUE INDEX assignments_live_once ON assignments (booking_id, staff_id) WHERE live = 1;
-- Whose they ever were, and what became of them: who is or was on a booking may see it.
CREATE INDEX assignments_by_person ON assignments (staff_id, booking_id, status);
CREATE INDEX assignments_by_staff ON assignments (staff_id, scheduled_start, scheduled_end) WHERE live = 1;

CREATE TRIGGER assignments_staff_free_on_insert BEFORE INSERT ON assignments WHEN NEW.live = 1 BEGIN
    SELECT RAISE(ABORT, 'staff taken') FROM (
        SELECT scheduled_end AS last_end FROM assignments
         WHERE staff_id = NEW.staff_id AND live = 1
           AND scheduled_start < NEW.scheduled_end AND id <> NEW.id
         ORDER BY scheduled_start DESC LIMIT 1)
     WHERE last_end > NEW.scheduled_start;
END;

CREATE TRIGGER assignments_staff_free_on_update BEFORE UPDATE ON assignments
WHEN NEW.live = 1 AND (OLD.live = 0 OR OLD.scheduled_start <> NEW.scheduled_start
        OR OLD.scheduled_end <> NEW.scheduled_end OR OLD.staff_id <> NEW.staff_id) BEGIN
    SELECT RAISE(ABORT, 'staff taken') FROM (
        SELECT scheduled_end AS last_end FROM assignments
         WHERE staff_id = NEW.staff_id AND live = 1
           AND scheduled_start < NEW.scheduled_end AND id <> NEW.id
         ORDER BY scheduled_start DESC LIMIT 1)
     WHERE last_end > NEW.scheduled_start;
END;

CREATE TRIGGER assignments_follow_their_booking AFTER UPDATE OF scheduled_start, scheduled_end ON bookings
WHEN OLD.scheduled_start <> NEW.scheduled_start OR OLD.scheduled_end <> NEW.scheduled_end BEGIN
    UPDATE assignments SET scheduled_start = NEW.scheduled_start, scheduled_end = NEW.scheduled_end
     WHERE booking_id = NEW.id;
END;

-- Sums that are kept in the transaction that changes a booking, so that figures and totals cost the
-- same at any number of bookings. `key` is a status, a location's id (or nothing), an operation type,
-- or a month YYYY-MM on the organization's clocks.
CREATE TABLE booking_counters (
    organization_id BLOB    NOT NULL REFERENCES organizations (id),
    dimension       TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    total           INTEGER NOT NULL,
    completed       INTEGER NOT NULL,
    cancelled       INTEGER NOT NULL,
    revenue         INTEGER NOT NULL,
    budget          INTEGER NOT NULL,
    actual_cost     INTEGER NOT NULL,
    PRIMARY KEY (organization_id, dimension, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE notifications (
    id                  BLOB    NOT NULL PRIMARY KEY,
    user_id             BLOB    NOT NULL REFERENCES users (id),
    organization_id     BLOB    NOT NULL,
    kind                TEXT    NOT NULL,
    title               TEXT    NOT NULL,
    message             TEXT    NOT NULL,
    related_entity_type TEXT    NOT NULL,
    related_entity_id   BLOB    NOT NULL,
    read_at             INTEGER,
    created_at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX notifications_by_user ON notifications (user_id, id);

-- The event log: outbox and audit trail in one. Positions are assigned in the commit, without a gap.
-- Each hash covers the event and the hash before it (SHA-256, 32 bytes; see chain.rs of the bus).
CREATE TABLE events (
    position        INTEGER NOT NULL PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE,
    type            TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    subject_kind    TEXT    NOT NULL,
    subject_id      BLOB    NOT NULL,
    version         INTEGER NOT NULL,
    schema_version  INTEGER NOT NULL,
    organization_id BLOB,
    user_id         BLOB,
    correlation_id  BLOB,
    causation_id    BLOB,
    timestamp       INTEGER NOT NULL,
    data            TEXT    NOT NULL,
    metadata        TEXT,
    traceparent     TEXT,
    hash            BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_by_subject ON events (subject_id, subject_kind, version);
CREATE INDEX events_by_organization ON events (organization_id, position);
CREATE INDEX events_by_correlation ON events (correlation_id, position);
CREATE INDEX events_by_type ON events (type, position);

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;

-- Where the chain begins: the last event that retention removed, or nothing and 32 zeros. One row.
CREATE TABLE log_anchor (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    hash     BLOB    NOT NULL
) STRICT;

INSERT INTO log_anchor (one, position, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER log_anchor_moves_along_the_chain BEFORE UPDATE ON log_anchor BEGIN
    SELECT RAISE(ABORT, 'the anchor only moves to a later event of the log') WHERE NEW.one <> 1
        OR NEW.position <= OLD.position
        OR NOT EXISTS (SELECT 1 FROM events WHERE position = NEW.position AND hash = NEW.hash);
END;

CREATE TRIGGER log_anchor_stays BEFORE DELETE ON log_anchor BEGIN
    SELECT RAISE(ABORT, 'the anchor of the event log stays');
END;

-- Retention moves the anchor first, and then removes what lies up to it.
CREATE TRIGGER events_are_deleted_up_to_the_anchor BEFORE DELETE ON events
WHEN OLD.position > coalesce((SELECT position FROM log_anchor), 0) BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;

-- The newest version of every subject of which retention removed events: versions go on from there.
CREATE TABLE retained_subjects (
    id      BLOB    NOT NULL,
    kind    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id, kind)
) STRICT, WITHOUT ROWID;

-- Events that enter the log when they are due, if they are not replaced or cancelled before.
CREATE TABLE timers (
    key             TEXT    NOT NULL PRIMARY KEY,
    due_at          INTEGER NOT NULL,
    id              BLOB    NOT NULL UNIQUE,
    type            TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    subject_kind    TEXT    NOT NULL,
    subject_id      BLOB    NOT NULL,
    schema_version  INTEGER NOT NULL,
    organization_id BLOB,
    user_id         BLOB,
    correlation_id  BLOB,
    causation_id    BLOB,
    data            TEXT    NOT NULL,
    metadata        TEXT,
    traceparent     TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX timers_by_due ON timers (due_at, key);

-- How far each subscription has come: every event up to the cursor is done or has a row in deliveries.
-- The generation counts how often an operator has moved the cursor or changed rows; whoever works on
-- older knowledge is refused.
CREATE TABLE subscriptions (
    name         TEXT    NOT NULL PRIMARY KEY,
    cursor       INTEGER NOT NULL,
    paused_since INTEGER,
    generation   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Events set aside: waiting for their key or their turn, to be retried, dead, or skipped with a reason.
-- The position is no foreign key: without an index of its own, which every parked event would pay for,
-- removing an event would go through this whole table.
CREATE TABLE deliveries (
    subscription TEXT    NOT NULL REFERENCES subscriptions (name),
    position     INTEGER NOT NULL,
    key          TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    due_at       INTEGER,
    error        TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (subscription, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_key ON deliveries (subscription, key, position) WHERE state <> 'skipped';
CREATE INDEX deliveries_dead ON deliveries (position, subscription) WHERE state = 'dead';

-- Answers kept so that the same request has one effect.
CREATE TABLE receipts (
    scope      TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    request    BLOB    NOT NULL,
    status     INTEGER NOT NULL,
    location   TEXT,
    version    INTEGER,
    body       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipts_by_expiry ON receipts (expires_at);
