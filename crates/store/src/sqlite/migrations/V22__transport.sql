-- How far events were relayed to a broker, and the messages of others that are in the log.

CREATE TABLE relays (
    name      TEXT    NOT NULL PRIMARY KEY,
    position  INTEGER NOT NULL,
    moved_at  INTEGER,
    connected INTEGER NOT NULL,
    error     TEXT,
    error_at  INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO relays (name, position, connected) VALUES ('nats', 0, 0);

-- What CloudEvents know an event by, and whose it is: one of each enters the log.
CREATE TABLE inbox (
    organization_id BLOB    NOT NULL REFERENCES organizations (id),
    source          TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    event_id        BLOB    NOT NULL,
    taken_at        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, source, id)
) STRICT, WITHOUT ROWID;
