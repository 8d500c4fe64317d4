-- Where organizations want to be told of their events, and what is on its way there.
--
-- Secrets are sealed: not readable without a key that is not in this file. `failing_since` and what is to
-- be replayed change without anybody's doing, so they are of no version.

CREATE TABLE webhook_endpoints (
    id                    BLOB    NOT NULL PRIMARY KEY,
    organization_id       BLOB    NOT NULL REFERENCES organizations (id),
    url                   TEXT    NOT NULL,
    description           TEXT,
    event_types           TEXT    NOT NULL,
    ordered               INTEGER NOT NULL,
    status                TEXT    NOT NULL,
    disabled_reason       TEXT,
    secret                BLOB    NOT NULL,
    previous_secret       BLOB,
    previous_secret_until INTEGER,
    failing_since         INTEGER,
    replay_from           INTEGER,
    replay_through        INTEGER,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    version               INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints (organization_id, id);
CREATE INDEX webhook_endpoints_enabled ON webhook_endpoints (organization_id) WHERE status = 'enabled';

CREATE TRIGGER webhook_endpoints_stay BEFORE UPDATE OF organization_id ON webhook_endpoints
WHEN OLD.organization_id <> NEW.organization_id BEGIN
    SELECT RAISE(ABORT, 'foreign organization');
END;

-- An event on its way to an endpoint: one row, whatever becomes of it. The position is no foreign key:
-- retention may remove the event.
CREATE TABLE webhook_deliveries (
    endpoint_id  BLOB    NOT NULL REFERENCES webhook_endpoints (id),
    position     INTEGER NOT NULL,
    event_id     BLOB    NOT NULL,
    event_type   TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   BLOB    NOT NULL,
    status       TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    due_at       INTEGER,
    attempted_at INTEGER,
    last_status  INTEGER,
    last_error   TEXT,
    duration_ms  INTEGER,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (endpoint_id, position)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX webhook_deliveries_by_event ON webhook_deliveries (endpoint_id, event_id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (endpoint_id, status, position);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at)
    WHERE status = 'pending';
-- What an ordered endpoint's events wait for.
CREATE INDEX webhook_deliveries_by_subject
    ON webhook_deliveries (endpoint_id, subject_id, subject_kind, position) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
