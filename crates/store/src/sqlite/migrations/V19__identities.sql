-- Who people are at a provider of identities (OpenID Connect): each identity is one person's, and a person
-- has at most one at each provider.

CREATE TABLE identities (
    issuer    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    user_id   BLOB    NOT NULL REFERENCES users (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX identities_by_user ON identities (user_id, issuer);

-- Sign-ins by a provider that were finished (SHA-256 of their state), until nobody could finish them anyway.

CREATE TABLE finished_flows (
    digest BLOB    NOT NULL PRIMARY KEY,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX finished_flows_by_end ON finished_flows (until);
