-- How far events were relayed to a broker, and the messages of others that are in the log.

CREATE TABLE relays (
    name      text    COLLATE "C" NOT NULL PRIMARY KEY,
    position  bigint  NOT NULL,
    moved_at  bigint,
    connected boolean NOT NULL,
    error     text    COLLATE "C",
    error_at  bigint
);

INSERT INTO relays (name, position, connected) VALUES ('nats', 0, false);

-- What CloudEvents know an event by, and whose it is: one of each enters the log.
CREATE TABLE inbox (
    organization_id uuid   NOT NULL REFERENCES organizations (id),
    source          text   COLLATE "C" NOT NULL,
    id              text   COLLATE "C" NOT NULL,
    event_id        uuid   NOT NULL,
    taken_at        bigint NOT NULL,
    CONSTRAINT inbox_once PRIMARY KEY (organization_id, source, id)
);
