-- Staff profiles, and what a check-in records.

CREATE TABLE staff_profiles (
    user_id             uuid   NOT NULL PRIMARY KEY REFERENCES users (id),
    organization_id     uuid   NOT NULL REFERENCES organizations (id),
    status              text   COLLATE "C" NOT NULL,
    skills              text   COLLATE "C" NOT NULL,
    default_hourly_rate bigint,
    home                text   COLLATE "C",
    max_travel_km       bigint,
    max_hours_per_day   bigint,
    max_hours_per_week  bigint,
    min_rest_hours      bigint,
    blocked_locations   text   COLLATE "C" NOT NULL,
    phone               text   COLLATE "C",
    created_at          bigint NOT NULL,
    updated_at          bigint NOT NULL,
    version             bigint NOT NULL
);

-- What a person can do, one row a skill, kept equal to staff_profiles.skills. `key` is the name in small
-- letters, `level` its rank from 0, the days are YYYY-MM-DD.
CREATE TABLE staff_skills (
    user_id    uuid    NOT NULL REFERENCES staff_profiles (user_id),
    key        text    COLLATE "C" NOT NULL,
    level      bigint  NOT NULL,
    issued_on  text    COLLATE "C",
    expires_on text    COLLATE "C",
    verified   boolean NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX staff_skills_by_key ON staff_skills (key, level, user_id);

-- When a person came and went, and where that was recorded from (JSON).
ALTER TABLE assignments ADD COLUMN checked_in_at bigint;
ALTER TABLE assignments ADD COLUMN checked_out_at bigint;
ALTER TABLE assignments ADD COLUMN check_in text COLLATE "C";
ALTER TABLE assignments ADD COLUMN check_out text COLLATE "C";

-- A person's shifts that are over, in order of time: rest and hours count them, and so does trust.
CREATE INDEX assignments_by_history ON assignments (staff_id, scheduled_start, status) WHERE NOT live;
