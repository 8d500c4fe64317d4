-- What people declare of their time. Local times are text (YYYY-MM-DDTHH:MM:SS, on the clock of
-- `timezone`), `exdates` a JSON list of them.
--
-- `starts_at` and `ends_at` (nothing: never) are the instants between which a block can happen at all,
-- so that a query need not expand what recurs.

CREATE TABLE availability_blocks (
    id              uuid   NOT NULL PRIMARY KEY,
    user_id         uuid   NOT NULL REFERENCES users (id),
    organization_id uuid   NOT NULL REFERENCES organizations (id),
    kind            text   COLLATE "C" NOT NULL,
    status          text   COLLATE "C" NOT NULL,
    title           text   COLLATE "C",
    local_start     text   COLLATE "C" NOT NULL,
    local_end       text   COLLATE "C" NOT NULL,
    timezone        text   COLLATE "C" NOT NULL,
    recurrence      text   COLLATE "C",
    exdates         text   COLLATE "C" NOT NULL,
    approval        text   COLLATE "C",
    decided_by      uuid   REFERENCES users (id),
    deleted_at      bigint,
    starts_at       bigint NOT NULL,
    ends_at         bigint,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    version         bigint NOT NULL
);

CREATE INDEX availability_by_person ON availability_blocks (user_id, starts_at, ends_at)
    WHERE deleted_at IS NULL;
CREATE INDEX availability_by_approval ON availability_blocks (approval, starts_at)
    WHERE deleted_at IS NULL AND approval IS NOT NULL;
