-- What people want to be told, and what became of sending it.

CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;

CREATE TABLE notification_preferences (
    user_id     uuid   NOT NULL PRIMARY KEY REFERENCES users (id),
    muted       text   COLLATE "C" NOT NULL,
    quiet_hours text   COLLATE "C",
    version     bigint NOT NULL
);

CREATE TABLE notification_deliveries (
    notification_id uuid   NOT NULL REFERENCES notifications (id),
    channel         text   COLLATE "C" NOT NULL,
    user_id         uuid   NOT NULL REFERENCES users (id),
    organization_id uuid   NOT NULL REFERENCES organizations (id),
    outcome         text   COLLATE "C" NOT NULL,
    reason          text   COLLATE "C",
    attempts        bigint NOT NULL,
    due_at          bigint,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    PRIMARY KEY (notification_id, channel)
);

CREATE INDEX notification_deliveries_by_organization
    ON notification_deliveries (organization_id, notification_id);

-- What links in mails are signed with. Whoever has a copy of the database could end somebody's mails with
-- it, and nothing else.
CREATE TABLE signing_keys (
    name text  COLLATE "C" NOT NULL PRIMARY KEY,
    key  bytea NOT NULL
);

-- Two random UUIDs hold 244 random bits; the hash makes 32 bytes of them.
INSERT INTO signing_keys (name, key)
VALUES ('unsubscribe', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
