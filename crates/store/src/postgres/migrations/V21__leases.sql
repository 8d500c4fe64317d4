-- Which process does what, one at a time. Other than elsewhere, instants here are the database's own, so that
-- processes whose clocks differ agree on them.

CREATE FUNCTION database_clock() RETURNS bigint LANGUAGE sql VOLATILE
RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- The processes that serve, with their last sign of life and the units of work that each would do.
CREATE TABLE nodes (
    id         uuid   NOT NULL PRIMARY KEY,
    host       text   COLLATE "C" NOT NULL,
    address    text   COLLATE "C" NOT NULL,
    version    text   COLLATE "C" NOT NULL,
    roles      text[] COLLATE "C" NOT NULL,
    units      text[] COLLATE "C" NOT NULL,
    started_at bigint NOT NULL,
    seen_at    bigint NOT NULL
) WITH (fillfactor = 50);

-- Who holds which unit until when. A row stays when its unit is given back: the token only grows.
CREATE TABLE leases (
    unit   text   COLLATE "C" NOT NULL PRIMARY KEY,
    holder uuid,
    token  bigint NOT NULL,
    since  bigint NOT NULL,
    until  bigint NOT NULL
) WITH (fillfactor = 50);

-- The token of whoever took the subscription last: nothing is settled under an older one.
ALTER TABLE subscriptions ADD COLUMN token bigint NOT NULL DEFAULT 0;
