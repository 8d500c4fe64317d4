-- One-time links by which a person chooses a password: one for each person, the newest. Of the secret
-- only the SHA-256 is here.

CREATE TABLE sign_in_links (
    user_id    BLOB    NOT NULL PRIMARY KEY REFERENCES users (id),
    digest     BLOB    NOT NULL UNIQUE,
    purpose    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a token is limited to (JSON list of capabilities; nothing when to nothing but its owner's role),
-- by which token it was made, if by one, and when it was last used, up to a minute late.
ALTER TABLE tokens ADD COLUMN scopes TEXT;
ALTER TABLE tokens ADD COLUMN made_by BLOB;
ALTER TABLE tokens ADD COLUMN used_at INTEGER;

CREATE INDEX tokens_by_user ON tokens (user_id, id);
CREATE INDEX tokens_by_organization ON tokens (organization_id, id);
