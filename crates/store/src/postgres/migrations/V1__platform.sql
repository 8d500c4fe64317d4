-- The platform's state and its event log, as beside it for SQLite: the same tables and columns, under the
-- same numbers.
--
-- Ids are UUIDs, instants are microseconds since 1970 (UTC), amounts are minor units, structured values are
-- JSON text: what is hashed and answered is read back byte for byte. Text is compared by its bytes
-- (COLLATE "C"), whatever the database's own collation is, so that every engine gives the same order.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE organizations (
    id          uuid   NOT NULL PRIMARY KEY,
    name        text   COLLATE "C" NOT NULL,
    kind        text   COLLATE "C" NOT NULL,
    tier        bigint NOT NULL,
    status      text   COLLATE "C" NOT NULL,
    timezone    text   COLLATE "C" NOT NULL,
    currency    text   COLLATE "C" NOT NULL,
    settings    text   COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    version     bigint NOT NULL
);

CREATE TABLE users (
    id           uuid   NOT NULL PRIMARY KEY,
    email        text   COLLATE "C" NOT NULL,
    email_key    text   COLLATE "C" NOT NULL CONSTRAINT users_email_key UNIQUE,
    display_name text   COLLATE "C" NOT NULL,
    status       text   COLLATE "C" NOT NULL,
    locale       text   COLLATE "C" NOT NULL,
    timezone     text   COLLATE "C" NOT NULL,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    version      bigint NOT NULL
);

CREATE TABLE passwords (
    user_id    uuid   NOT NULL PRIMARY KEY REFERENCES users (id),
    hash       text   COLLATE "C" NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE memberships (
    id              uuid   NOT NULL PRIMARY KEY,
    user_id         uuid   NOT NULL REFERENCES users (id),
    organization_id uuid   NOT NULL REFERENCES organizations (id),
    role            text   COLLATE "C" NOT NULL,
    serves          text   COLLATE "C" NOT NULL,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    version         bigint NOT NULL,
    CONSTRAINT memberships_once UNIQUE (user_id, organization_id)
);

CREATE INDEX memberships_by_organization ON memberships (organization_id, role, user_id);

-- The organizations that a membership serves, one row each, kept equal to memberships.serves.
CREATE TABLE served_organizations (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    membership_id   uuid NOT NULL REFERENCES memberships (id),
    PRIMARY KEY (organization_id, membership_id)
);

CREATE INDEX served_organizations_by_membership ON served_organizations (membership_id);

CREATE TABLE tokens (
    id              uuid   NOT NULL PRIMARY KEY,
    user_id         uuid   NOT NULL,
    organization_id uuid   NOT NULL,
    name            text   COLLATE "C" NOT NULL,
    digest          bytea  NOT NULL UNIQUE,
    expires_at      bigint NOT NULL,
    created_at      bigint NOT NULL,
    FOREIGN KEY (user_id, organization_id) REFERENCES memberships (user_id, organization_id)
);

CREATE TABLE locations (
    id                     uuid   NOT NULL PRIMARY KEY,
    organization_id        uuid   REFERENCES organizations (id),
    name                   text   COLLATE "C" NOT NULL,
    location_type          text   COLLATE "C" NOT NULL,
    line1                  text   COLLATE "C" NOT NULL,
    line2                  text   COLLATE "C",
    city                   text   COLLATE "C" NOT NULL,
    region                 text   COLLATE "C" NOT NULL,
    postal_code            text   COLLATE "C" NOT NULL,
    country                text   COLLATE "C" NOT NULL,
    latitude               double precision,
    longitude              double precision,
    timezone               text   COLLATE "C" NOT NULL,
    capacity               bigint,
    amenities              text   COLLATE "C" NOT NULL,
    accessibility_features text   COLLATE "C" NOT NULL,
    geofence_radius_meters bigint NOT NULL,
    status                 text   COLLATE "C" NOT NULL,
    created_at             bigint NOT NULL,
    updated_at             bigint NOT NULL,
    version                bigint NOT NULL
);

CREATE INDEX locations_by_name ON locations (organization_id, name, id);

-- Two bookings of one location that are not cancelled never overlap; ending when the next one starts is no
-- overlap. Ids that were made together share their first bits, by which the index would sort badly: so
-- their hash comes first. The constraint can be deferred, so that bookings that move together are not in
-- each other's way.
CREATE TABLE bookings (
    id                     uuid    NOT NULL PRIMARY KEY,
    organization_id        uuid    NOT NULL REFERENCES organizations (id),
    title                  text    COLLATE "C" NOT NULL,
    description            text    COLLATE "C",
    operation_type         text    COLLATE "C" NOT NULL,
    activity_type          text    COLLATE "C",
    priority               text    COLLATE "C" NOT NULL,
    location_id            uuid    REFERENCES locations (id),
    scheduled_start        bigint  NOT NULL,
    scheduled_end          bigint  NOT NULL,
    timezone               text    COLLATE "C" NOT NULL,
    budget                 bigint,
    actual_cost            bigint,
    requirements           text    COLLATE "C",
    staff_requirements     text    COLLATE "C",
    equipment_requirements text    COLLATE "C",
    status                 text    COLLATE "C" NOT NULL,
    notes                  text    COLLATE "C",
    created_by             uuid    NOT NULL REFERENCES users (id),
    submitted_by           uuid    REFERENCES users (id),
    created_at             bigint  NOT NULL,
    updated_at             bigint  NOT NULL,
    version                bigint  NOT NULL,
    -- Changes with the status only when a booking is cancelled or comes back, and so does the index that
    -- holds locations free.
    holds_location         boolean NOT NULL
        GENERATED ALWAYS AS (location_id IS NOT NULL AND status <> 'cancelled') STORED,
    CHECK (scheduled_start < scheduled_end),
    CONSTRAINT bookings_location_free EXCLUDE USING gist (
        uuid_hash_extended(location_id, 0) WITH =,
        location_id WITH =,
        int8range(scheduled_start, scheduled_end) WITH &&
    ) WHERE (holds_location) DEFERRABLE INITIALLY IMMEDIATE
);

CREATE INDEX bookings_by_start ON bookings (organization_id, scheduled_start);
CREATE INDEX bookings_by_status ON bookings (organization_id, status, scheduled_start);
CREATE INDEX bookings_by_location ON bookings (location_id, scheduled_start, scheduled_end, organization_id)
    WHERE holds_location;

CREATE FUNCTION bookings_at_their_own_location() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM locations WHERE id = NEW.location_id
            AND (organization_id IS NULL OR organization_id = NEW.organization_id)) THEN
        RAISE EXCEPTION 'foreign location'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'foreign_location';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER bookings_at_their_own_location_on_insert BEFORE INSERT ON bookings
FOR EACH ROW WHEN (NEW.location_id IS NOT NULL) EXECUTE FUNCTION bookings_at_their_own_location();

CREATE TRIGGER bookings_at_their_own_location_on_update BEFORE UPDATE ON bookings
FOR EACH ROW WHEN (NEW.location_id IS NOT NULL AND (OLD.location_id IS DISTINCT FROM NEW.location_id
    OR OLD.organization_id <> NEW.organization_id))
EXECUTE FUNCTION bookings_at_their_own_location();

CREATE TABLE assignments (
    id                   uuid    NOT NULL PRIMARY KEY,
    booking_id           uuid    NOT NULL REFERENCES bookings (id),
    staff_id             uuid    NOT NULL REFERENCES users (id),
    role                 text    COLLATE "C" NOT NULL,
    hourly_rate          bigint,
    special_requirements text    COLLATE "C" NOT NULL,
    status               text    COLLATE "C" NOT NULL,
    live                 boolean NOT NULL,
    -- The booking's range, copied so that one person's shifts can be held apart by an index.
    scheduled_start      bigint  NOT NULL,
    scheduled_end        bigint  NOT NULL,
    created_at           bigint  NOT NULL,
    updated_at           bigint  NOT NULL,
    version              bigint  NOT NULL,
    CONSTRAINT assignments_staff_free EXCLUDE USING gist (
        uuid_hash_extended(staff_id, 0) WITH =,
        staff_id WITH =,
        int8range(scheduled_start, scheduled_end) WITH &&
    ) WHERE (live) DEFERRABLE INITIALLY IMMEDIATE
);

CREATE INDEX assignments_by_booking ON assignments (booking_id);
CREATE UNIQUE INDEX assignments_live_once ON assignments (booking_id, staff_id) WHERE live;
-- Whose they ever were, and what became of them: who is or was on a booking may see it.
CREATE INDEX assignments_by_person ON assignments (staff_id, booking_id, status);
CREATE INDEX assignments_by_staff ON assignments (staff_id, scheduled_start, scheduled_end) WHERE live;

CREATE FUNCTION assignments_follow_their_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE assignments SET scheduled_start = NEW.scheduled_start, scheduled_end = NEW.scheduled_end
     WHERE booking_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER assignments_follow_their_booking AFTER UPDATE OF scheduled_start, scheduled_end ON bookings
FOR EACH ROW WHEN (OLD.scheduled_start <> NEW.scheduled_start OR OLD.scheduled_end <> NEW.scheduled_end)
EXECUTE FUNCTION assignments_follow_their_booking();

-- Sums that are kept in the transaction that changes a booking, so that figures and totals cost the
-- same at any number of bookings. `key` is a status, a location's id (or nothing), an operation type,
-- or a month YYYY-MM on the organization's clocks.
CREATE TABLE booking_counters (
    organization_id uuid   NOT NULL REFERENCES organizations (id),
    dimension       text   COLLATE "C" NOT NULL,
    key             text   COLLATE "C" NOT NULL,
    total           bigint NOT NULL,
    completed       bigint NOT NULL,
    cancelled       bigint NOT NULL,
    revenue         bigint NOT NULL,
    budget          bigint NOT NULL,
    actual_cost     bigint NOT NULL,
    PRIMARY KEY (organization_id, dimension, key)
) WITH (fillfactor = 50);

-- A sum that stops at the largest number there is, and at the smallest.
CREATE FUNCTION bounded_sum(one bigint, other bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(one::numeric + other, -9223372036854775808), 9223372036854775807)::bigint;

CREATE TABLE notifications (
    id                  uuid   NOT NULL PRIMARY KEY,
    user_id             uuid   NOT NULL REFERENCES users (id),
    organization_id     uuid   NOT NULL,
    kind                text   COLLATE "C" NOT NULL,
    title               text   COLLATE "C" NOT NULL,
    message             text   COLLATE "C" NOT NULL,
    related_entity_type text   COLLATE "C" NOT NULL,
    related_entity_id   uuid   NOT NULL,
    read_at             bigint,
    created_at          bigint NOT NULL
);

CREATE INDEX notifications_by_user ON notifications (user_id, id);

-- The event log: outbox and audit trail in one. Positions are given by the sequencer, without a gap.
-- Each hash covers the event and the hash before it (SHA-256, 32 bytes; see chain.rs of the bus).
CREATE TABLE events (
    position        bigint NOT NULL PRIMARY KEY,
    id              uuid   NOT NULL UNIQUE,
    type            text   COLLATE "C" NOT NULL,
    source          text   COLLATE "C" NOT NULL,
    subject_kind    text   COLLATE "C" NOT NULL,
    subject_id      uuid   NOT NULL,
    version         bigint NOT NULL,
    schema_version  bigint NOT NULL,
    organization_id uuid,
    user_id         uuid,
    correlation_id  uuid,
    causation_id    uuid,
    timestamp       bigint NOT NULL,
    data            text   COLLATE "C" NOT NULL,
    metadata        text   COLLATE "C",
    traceparent     text   COLLATE "C",
    hash            bytea  NOT NULL
);

CREATE UNIQUE INDEX events_by_subject ON events (subject_id, subject_kind, version);
CREATE INDEX events_by_organization ON events (organization_id, position);
CREATE INDEX events_by_correlation ON events (correlation_id, position);
CREATE INDEX events_by_type ON events (type, position);

-- Events of transactions that are committed, or not yet: whoever holds the row of `log_head` takes those
-- it sees by batch and number, gives them their places in `events` and removes them from here. A batch is
-- what one transaction says at once; its events stay together.
CREATE TABLE unsequenced (
    batch           bigint NOT NULL,
    number          bigint NOT NULL,
    id              uuid   NOT NULL UNIQUE,
    type            text   COLLATE "C" NOT NULL,
    source          text   COLLATE "C" NOT NULL,
    subject_kind    text   COLLATE "C" NOT NULL,
    subject_id      uuid   NOT NULL,
    schema_version  bigint NOT NULL,
    organization_id uuid,
    user_id         uuid,
    correlation_id  uuid,
    causation_id    uuid,
    timestamp       bigint NOT NULL,
    data            text   COLLATE "C" NOT NULL,
    metadata        text   COLLATE "C",
    traceparent     text   COLLATE "C",
    PRIMARY KEY (batch, number)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE SEQUENCE unsequenced_batches;

-- The end of the log: the newest position with its hash. One row, and the lock that sequencers take.
CREATE TABLE log_head (
    one      bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    position bigint NOT NULL,
    hash     bytea  NOT NULL
) WITH (fillfactor = 10);

INSERT INTO log_head (one, position, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- Where the chain begins: the last event that retention removed, or nothing and 32 zeros. One row.
CREATE TABLE log_anchor (
    one      bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    position bigint NOT NULL,
    hash     bytea  NOT NULL
);

INSERT INTO log_anchor (one, position, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION the_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
FOR EACH ROW EXECUTE FUNCTION the_log_is_append_only();
CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION the_log_is_append_only();

-- Retention moves the anchor first, and then removes what lies up to it.
CREATE FUNCTION events_are_deleted_up_to_the_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.position > coalesce((SELECT position FROM log_anchor), 0) THEN
        RAISE EXCEPTION 'the event log is append-only'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER events_are_deleted_up_to_the_anchor BEFORE DELETE ON events
FOR EACH ROW EXECUTE FUNCTION events_are_deleted_up_to_the_anchor();

CREATE FUNCTION log_anchor_moves_along_the_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'the anchor of the event log stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    IF NEW.one <> 1 OR NEW.position <= OLD.position
            OR NOT EXISTS (SELECT 1 FROM events WHERE position = NEW.position AND hash = NEW.hash) THEN
        RAISE EXCEPTION 'the anchor only moves to a later event of the log'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER log_anchor_moves_along_the_chain BEFORE UPDATE OR DELETE ON log_anchor
FOR EACH ROW EXECUTE FUNCTION log_anchor_moves_along_the_chain();

-- The newest version of every subject of which retention removed events: versions go on from there.
CREATE TABLE retained_subjects (
    id      uuid   NOT NULL,
    kind    text   COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (id, kind)
);

-- Events that enter the log when they are due, if they are not replaced or cancelled before.
CREATE TABLE timers (
    key             text   COLLATE "C" NOT NULL PRIMARY KEY,
    due_at          bigint NOT NULL,
    id              uuid   NOT NULL UNIQUE,
    type            text   COLLATE "C" NOT NULL,
    source          text   COLLATE "C" NOT NULL,
    subject_kind    text   COLLATE "C" NOT NULL,
    subject_id      uuid   NOT NULL,
    schema_version  bigint NOT NULL,
    organization_id uuid,
    user_id         uuid,
    correlation_id  uuid,
    causation_id    uuid,
    data            text   COLLATE "C" NOT NULL,
    metadata        text   COLLATE "C",
    traceparent     text   COLLATE "C"
);

CREATE INDEX timers_by_due ON timers (due_at, key);

-- How far each subscription has come: every event up to the cursor is done or has a row in deliveries.
-- The generation counts how often an operator has moved the cursor or changed rows; whoever works on
-- older knowledge is refused.
CREATE TABLE subscriptions (
    name         text   COLLATE "C" NOT NULL PRIMARY KEY,
    cursor       bigint NOT NULL,
    paused_since bigint,
    generation   bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Events set aside: waiting for their key or their turn, to be retried, dead, or skipped with a reason.
CREATE TABLE deliveries (
    subscription text   COLLATE "C" NOT NULL REFERENCES subscriptions (name),
    position     bigint NOT NULL,
    key          text   COLLATE "C" NOT NULL,
    state        text   COLLATE "C" NOT NULL,
    attempts     bigint NOT NULL,
    due_at       bigint,
    error        text   COLLATE "C",
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    PRIMARY KEY (subscription, position)
);

CREATE INDEX deliveries_by_key ON deliveries (subscription, key, position) WHERE state <> 'skipped';
CREATE INDEX deliveries_dead ON deliveries (position, subscription) WHERE state = 'dead';

-- Answers kept so that the same request has one effect.
CREATE TABLE receipts (
    scope      text   COLLATE "C" NOT NULL,
    key        text   COLLATE "C" NOT NULL,
    request    bytea  NOT NULL,
    status     bigint NOT NULL,
    location   text   COLLATE "C",
    version    bigint,
    body       text   COLLATE "C" NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE INDEX receipts_by_expiry ON receipts (expires_at);
