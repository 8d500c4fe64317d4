-- What people want to be told, and what became of sending it.

CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;

CREATE TABLE notification_preferences (
    user_id     BLOB    NOT NULL PRIMARY KEY REFERENCES users (id),
    muted       TEXT    NOT NULL,
    quiet_hours TEXT,
    version     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notification_deliveries (
    notification_id BLOB    NOT NULL REFERENCES notifications (id),
    channel         TEXT    NOT NULL,
    user_id         BLOB    NOT NULL REFERENCES users (id),
    organization_id BLOB    NOT NULL REFERENCES organizations (id),
    outcome         TEXT    NOT NULL,
    reason          TEXT,
    attempts        INTEGER NOT NULL,
    due_at          INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (notification_id, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX notification_deliveries_by_organization
    ON notification_deliveries (organization_id, notification_id);

-- What links in mails are signed with. Whoever has a copy of the database could end somebody's mails with
-- it, and nothing else.
CREATE TABLE signing_keys (
    name TEXT NOT NULL PRIMARY KEY,
    key  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO signing_keys (name, key) VALUES ('unsubscribe', randomblob(32));
