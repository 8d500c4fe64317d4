-- Texts of an organization's own, mails for a whole day, and addresses that take nothing.

-- One set for each kind and language. A row without texts is one that was reset: the count goes on.
CREATE TABLE notification_templates (
    organization_id BLOB    NOT NULL REFERENCES organizations (id),
    kind            TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    texts           TEXT,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (organization_id, kind, language)
) STRICT, WITHOUT ROWID;

-- What a mail shows instead of a notification's title and text, until it was sent.
CREATE TABLE notification_html (
    notification_id BLOB NOT NULL PRIMARY KEY REFERENCES notifications (id),
    html            TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE notification_deliveries ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notification_deliveries ADD COLUMN template_error TEXT;

CREATE INDEX notification_deliveries_in_digest ON notification_deliveries (user_id, due_at)
    WHERE digest = 1 AND outcome IN ('pending', 'failed');

ALTER TABLE notification_preferences ADD COLUMN digest TEXT;

-- How the address of a person stands that something was refused at.
CREATE TABLE mail_standings (
    user_id       BLOB    NOT NULL PRIMARY KEY REFERENCES users (id),
    email         TEXT    NOT NULL,
    failures      INTEGER NOT NULL,
    undeliverable INTEGER NOT NULL,
    reason        TEXT,
    failed_at     INTEGER,
    last_cause    BLOB,
    version       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
