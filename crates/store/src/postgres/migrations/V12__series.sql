-- Bookings that were made together by a recurrence rule. Every occurrence is a booking of its own; it
-- names its series, its number there (from 1) and, as a JSON list, the fields that were changed in it alone.
--
-- `local_start` is text (YYYY-MM-DDTHH:MM:SS, on the clock of `timezone`): the nominal start of number 1.

CREATE TABLE booking_series (
    id               uuid   NOT NULL PRIMARY KEY,
    organization_id  uuid   NOT NULL REFERENCES organizations (id),
    recurrence       text   COLLATE "C" NOT NULL,
    local_start      text   COLLATE "C" NOT NULL,
    duration_seconds bigint NOT NULL,
    timezone         text   COLLATE "C" NOT NULL,
    split_from       uuid   REFERENCES booking_series (id),
    cancelled_at     bigint,
    created_by       uuid   NOT NULL REFERENCES users (id),
    created_at       bigint NOT NULL,
    updated_at       bigint NOT NULL,
    version          bigint NOT NULL
);

ALTER TABLE bookings ADD COLUMN series_id uuid REFERENCES booking_series (id);
ALTER TABLE bookings ADD COLUMN series_number bigint;
ALTER TABLE bookings ADD COLUMN series_changed text COLLATE "C";

CREATE UNIQUE INDEX bookings_by_series ON bookings (series_id, series_number) WHERE series_id IS NOT NULL;

-- A series and its bookings belong to one organization, for good.
CREATE FUNCTION bookings_series_of_their_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM booking_series
            WHERE id = NEW.series_id AND organization_id = NEW.organization_id) THEN
        RAISE EXCEPTION 'foreign series'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'foreign_series';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER bookings_series_of_their_own_on_insert BEFORE INSERT ON bookings
FOR EACH ROW WHEN (NEW.series_id IS NOT NULL) EXECUTE FUNCTION bookings_series_of_their_own();

CREATE TRIGGER bookings_series_of_their_own_on_update BEFORE UPDATE OF series_id ON bookings
FOR EACH ROW WHEN (NEW.series_id IS NOT NULL AND NEW.series_id IS DISTINCT FROM OLD.series_id)
EXECUTE FUNCTION bookings_series_of_their_own();

CREATE TRIGGER booking_series_stay BEFORE UPDATE OF organization_id ON booking_series
FOR EACH ROW WHEN (OLD.organization_id <> NEW.organization_id) EXECUTE FUNCTION belongings_stay();
