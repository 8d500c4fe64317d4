-- Who people are at a provider of identities (OpenID Connect): each identity is one person's, and a person
-- has at most one at each provider.

CREATE TABLE identities (
    issuer    text   COLLATE "C" NOT NULL,
    subject   text   COLLATE "C" NOT NULL,
    user_id   uuid   NOT NULL REFERENCES users (id),
    linked_at bigint NOT NULL,
    CONSTRAINT identities_once PRIMARY KEY (issuer, subject)
);

CREATE UNIQUE INDEX identities_by_user ON identities (user_id, issuer);

-- Sign-ins by a provider that were finished (SHA-256 of their state), until nobody could finish them anyway.

CREATE TABLE finished_flows (
    digest bytea  NOT NULL PRIMARY KEY,
    until  bigint NOT NULL
);

CREATE INDEX finished_flows_by_end ON finished_flows (until);
