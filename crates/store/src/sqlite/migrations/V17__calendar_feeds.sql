-- Bookings in calendar programs. Of the secret in a feed's address only the SHA-256 is here (32 bytes). A
-- feed is made and ends; nothing of it ever changes. `token_id` is no foreign key: the token may have gone,
-- and the feed then shows nothing any more.

CREATE TABLE calendar_feeds (
    id              BLOB    NOT NULL PRIMARY KEY,
    user_id         BLOB    NOT NULL REFERENCES users (id),
    digest          BLOB    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    location_id     BLOB    REFERENCES locations (id),
    organization_id BLOB    REFERENCES organizations (id),
    name            TEXT,
    token_id        BLOB,
    created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, id);
