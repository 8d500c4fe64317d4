-- One-time links by which a person chooses a password: one for each person, the newest. Of the secret
-- only the SHA-256 is here.

CREATE TABLE sign_in_links (
    user_id    uuid   NOT NULL PRIMARY KEY REFERENCES users (id),
    digest     bytea  NOT NULL UNIQUE,
    purpose    text   COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);

-- What a token is limited to (JSON list of capabilities; nothing when to nothing but its owner's role),
-- by which token it was made, if by one, and when it was last used, up to a minute late.
ALTER TABLE tokens ADD COLUMN scopes text COLLATE "C";
ALTER TABLE tokens ADD COLUMN made_by uuid;
ALTER TABLE tokens ADD COLUMN used_at bigint;

CREATE INDEX tokens_by_user ON tokens (user_id, id);
CREATE INDEX tokens_by_organization ON tokens (organization_id, id);
