-- Staff profiles, and what a check-in records.

CREATE TABLE staff_profiles (
    user_id             BLOB    NOT NULL PRIMARY KEY REFERENCES users (id),
    organization_id     BLOB    NOT NULL REFERENCES organizations (id),
    status              TEXT    NOT NULL,
    skills              TEXT    NOT NULL,
    default_hourly_rate INTEGER,
    home                TEXT,
    max_travel_km       INTEGER,
    max_hours_per_day   INTEGER,
    max_hours_per_week  INTEGER,
    min_rest_hours      INTEGER,
    blocked_locations   TEXT    NOT NULL,
    phone               TEXT,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    version             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person can do, one row a skill, kept equal to staff_profiles.skills. `key` is the name in small
-- letters, `level` its rank from 0, the days are YYYY-MM-DD.
CREATE TABLE staff_skills (
    user_id    BLOB    NOT NULL REFERENCES staff_profiles (user_id),
    key        TEXT    NOT NULL,
    level      INTEGER NOT NULL,
    issued_on  TEXT,
    expires_on TEXT,
    verified   INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_skills_by_key ON staff_skills (key, level, user_id);

-- When a person came and went, and where that was recorded from (JSON).
ALTER TABLE assignments ADD COLUMN checked_in_at INTEGER;
ALTER TABLE assignments ADD COLUMN checked_out_at INTEGER;
ALTER TABLE assignments ADD COLUMN check_in TEXT;
ALTER TABLE assignments ADD COLUMN check_out TEXT;

-- A person's shifts that are over, in order of time: rest and hours count them, and so does trust.
CREATE INDEX assignments_by_history ON assignments (staff_id, scheduled_start, status) WHERE live = 0;
