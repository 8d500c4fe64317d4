-- Where organizations want to be told of their events, and what is on its way there.
--
-- Secrets are sealed: not readable without a key that is not in this database. `failing_since` and what is
-- to be replayed change without anybody's doing, so they are of no version.

CREATE TABLE webhook_endpoints (
    id                    uuid    NOT NULL PRIMARY KEY,
    organization_id       uuid    NOT NULL REFERENCES organizations (id),
    url                   text    COLLATE "C" NOT NULL,
    description           text    COLLATE "C",
    event_types           text    COLLATE "C" NOT NULL,
    ordered               boolean NOT NULL,
    status                text    COLLATE "C" NOT NULL,
    disabled_reason       text    COLLATE "C",
    secret                bytea   NOT NULL,
    previous_secret       bytea,
    previous_secret_until bigint,
    failing_since         bigint,
    replay_from           bigint,
    replay_through        bigint,
    created_at            bigint  NOT NULL,
    updated_at            bigint  NOT NULL,
    version               bigint  NOT NULL
);

CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints (organization_id, id);
CREATE INDEX webhook_endpoints_enabled ON webhook_endpoints (organization_id) WHERE status = 'enabled';

CREATE TRIGGER webhook_endpoints_stay BEFORE UPDATE OF organization_id ON webhook_endpoints
FOR EACH ROW WHEN (OLD.organization_id <> NEW.organization_id) EXECUTE FUNCTION belongings_stay();

-- An event on its way to an endpoint: one row, whatever becomes of it. The position is no foreign key:
-- retention may remove the event.
CREATE TABLE webhook_deliveries (
    endpoint_id  uuid   NOT NULL REFERENCES webhook_endpoints (id),
    position     bigint NOT NULL,
    event_id     uuid   NOT NULL,
    event_type   text   COLLATE "C" NOT NULL,
    subject_kind text   COLLATE "C" NOT NULL,
    subject_id   uuid   NOT NULL,
    status       text   COLLATE "C" NOT NULL,
    attempts     bigint NOT NULL,
    due_at       bigint,
    attempted_at bigint,
    last_status  bigint,
    last_error   text   COLLATE "C",
    duration_ms  bigint,
    created_at   bigint NOT NULL,
    PRIMARY KEY (endpoint_id, position)
);

CREATE UNIQUE INDEX webhook_deliveries_by_event ON webhook_deliveries (endpoint_id, event_id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (endpoint_id, status, position);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at)
    WHERE status = 'pending';
-- What an ordered endpoint's events wait for.
CREATE INDEX webhook_deliveries_by_subject
    ON webhook_deliveries (endpoint_id, subject_id, subject_kind, position) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
