-- Bookings in calendar programs. Of the secret in a feed's address only the SHA-256 is here (32 bytes). A
-- feed is made and ends; nothing of it ever changes. `token_id` is no foreign key: the token may have gone,
-- and the feed then shows nothing any more.

CREATE TABLE calendar_feeds (
    id              uuid   NOT NULL PRIMARY KEY,
    user_id         uuid   NOT NULL REFERENCES users (id),
    digest          bytea  NOT NULL UNIQUE,
    kind            text   COLLATE "C" NOT NULL,
    location_id     uuid   REFERENCES locations (id),
    organization_id uuid   REFERENCES organizations (id),
    name            text   COLLATE "C",
    token_id        uuid,
    created_at      bigint NOT NULL
);

CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, id);
