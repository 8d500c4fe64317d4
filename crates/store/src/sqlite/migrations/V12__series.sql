-- Bookings that were made together by a recurrence rule. Every occurrence is a booking of its own; it
-- names its series, its number there (from 1) and, as a JSON list, the fields that were changed in it alone.
--
-- `local_start` is text (YYYY-MM-DDTHH:MM:SS, on the clock of `timezone`): the nominal start of number 1.

CREATE TABLE booking_series (
    id               BLOB    NOT NULL PRIMARY KEY,
    organization_id  BLOB    NOT NULL REFERENCES organizations (id),
    recurrence       TEXT    NOT NULL,
    local_start      TEXT    NOT NULL,
    duration_seconds INTEGER NOT NULL,
    timezone         TEXT    NOT NULL,
    split_from       BLOB    REFERENCES booking_series (id),
    cancelled_at     INTEGER,
    created_by       BLOB    NOT NULL REFERENCES users (id),
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE bookings ADD COLUMN series_id BLOB REFERENCES booking_series (id);
ALTER TABLE bookings ADD COLUMN series_number INTEGER;
ALTER TABLE bookings ADD COLUMN series_changed TEXT;

CREATE UNIQUE INDEX bookings_by_series ON bookings (series_id, series_number) WHERE series_id IS NOT NULL;

-- A series and its bookings belong to one organization, for good.
CREATE TRIGGER bookings_series_of_their_own_on_insert BEFORE INSERT ON bookings
WHEN NEW.series_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'foreign series') WHERE NOT EXISTS (
        SELECT 1 FROM booking_series WHERE id = NEW.series_id AND organization_id = NEW.organization_id);
END;

CREATE TRIGGER bookings_series_of_their_own_on_update BEFORE UPDATE OF series_id ON bookings
WHEN NEW.series_id IS NOT NULL AND NEW.series_id IS NOT OLD.series_id BEGIN
    SELECT RAISE(ABORT, 'foreign series') WHERE NOT EXISTS (
        SELECT 1 FROM booking_series WHERE id = NEW.series_id AND organization_id = NEW.organization_id);
END;

CREATE TRIGGER booking_series_stay BEFORE UPDATE OF organization_id ON booking_series
WHEN OLD.organization_id <> NEW.organization_id BEGIN
    SELECT RAISE(ABORT, 'foreign organization');
END;
