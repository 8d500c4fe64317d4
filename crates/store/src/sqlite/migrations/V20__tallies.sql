-- How many rows of deliveries a subscription should have, counted by those who make and remove them: one that
-- is taken away past the platform is missed.
ALTER TABLE subscriptions ADD COLUMN rows INTEGER NOT NULL DEFAULT 0;

UPDATE subscriptions SET rows = (SELECT count(*) FROM deliveries WHERE subscription = name);
