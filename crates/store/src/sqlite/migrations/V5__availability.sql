-- What people declare of their time. Local times are text (YYYY-MM-DDTHH:MM:SS, on the clock of
-- `timezone`), `exdates` a JSON list of them.
--
-- `starts_at` and `ends_at` (nothing: never) are the instants between which a block can happen at all,
-- so that a query need not expand what recurs.

CREATE TABLE availability_blocks (
    id              BLOB    NOT NULL PRIMARY KEY,
    user_id         BLOB    NOT NULL REFERENCES users (id),
    organization_id BLOB    NOT NULL REFERENCES organizations (id),
    kind            TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    title           TEXT,
    local_start     TEXT    NOT NULL,
    local_end       TEXT    NOT NULL,
    timezone        TEXT    NOT NULL,
    recurrence      TEXT,
    exdates         TEXT    NOT NULL,
    approval        TEXT,
    decided_by      BLOB    REFERENCES users (id),
    deleted_at      INTEGER,
    starts_at       INTEGER NOT NULL,
    ends_at         INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX availability_by_person ON availability_blocks (user_id, starts_at, ends_at)
    WHERE deleted_at IS NULL;
CREATE INDEX availability_by_approval ON availability_blocks (approval, starts_at)
    WHERE deleted_at IS NULL AND approval IS NOT NULL;
