-- What people and programs sign in with. Of every secret only the SHA-256 is here (32 bytes).

CREATE TABLE sessions (
    id              BLOB    NOT NULL PRIMARY KEY,
    user_id         BLOB    NOT NULL REFERENCES users (id),
    digest          BLOB    NOT NULL UNIQUE,
    -- The secret before this one is taken for a moment longer, for requests that were on their way.
    previous_digest BLOB,
    previous_until  INTEGER,
    -- Whether the secret is to be replaced when it is next shown: its owner's roles have changed.
    renew           INTEGER NOT NULL,
    address         TEXT,
    user_agent      TEXT,
    created_at      INTEGER NOT NULL,
    seen_at         INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE UNIQUE INDEX sessions_by_previous_digest ON sessions (previous_digest)
    WHERE previous_digest IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
