-- What people and programs sign in with. Of every secret only the SHA-256 is here (32 bytes).

CREATE TABLE sessions (
    id              uuid    NOT NULL PRIMARY KEY,
    user_id         uuid    NOT NULL REFERENCES users (id),
    digest          bytea   NOT NULL UNIQUE,
    -- The secret before this one is taken for a moment longer, for requests that were on their way.
    previous_digest bytea,
    previous_until  bigint,
    -- Whether the secret is to be replaced when it is next shown: its owner's roles have changed.
    renew           boolean NOT NULL,
    address         text    COLLATE "C",
    user_agent      text    COLLATE "C",
    created_at      bigint  NOT NULL,
    seen_at         bigint  NOT NULL,
    expires_at      bigint  NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE UNIQUE INDEX sessions_by_previous_digest ON sessions (previous_digest)
    WHERE previous_digest IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
