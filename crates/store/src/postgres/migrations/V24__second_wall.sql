-- A second wall between organizations. The first is a scope that every query for their data takes; here the
-- database itself refuses what a query shows too much of, because a condition was forgotten in it.
--
-- Each session says what it may see:
--   rishi.scope   'all', or organizations by commas; without it nothing is seen
--   rishi.person  on whose behalf it asks, whose own things are seen wherever they lie
-- Through a scope one only reads: whatever changes something says 'all'. The platform's programs that do not know
-- of it would find an empty database, so the last line keeps them out.

CREATE FUNCTION scope_is_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('rishi.scope', true) = 'all', false);

CREATE FUNCTION scope_organizations() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(nullif(current_setting('rishi.scope', true), 'all'), ',')::uuid[];

CREATE FUNCTION scope_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('rishi.person', true), '')::uuid;

-- What is asked in a subquery of its own is asked once for a statement, when a row is the first to need it. Conditions
-- name as few columns as can be: an index that has not all of them cannot answer alone. A table's owner is bound as
-- well (FORCE); superusers and roles with BYPASSRLS never are.
DO $$
DECLARE
    everything constant text := '(SELECT scope_is_everything())';
    theirs     constant text := 'organization_id = ANY ((SELECT scope_organizations())::uuid[])';
    mine       constant text := 'user_id = (SELECT scope_person())';
    -- Who is a member of the organizations, or serves them from another one.
    people     constant text := 'user_id IN (SELECT m.user_id FROM memberships m WHERE m.' || theirs || '
        UNION ALL SELECT m.user_id FROM served_organizations s JOIN memberships m ON m.id = s.membership_id
        WHERE s.' || theirs || ')';
    wall record;
BEGIN
    FOR wall IN SELECT * FROM (VALUES
        ('organizations', 'id = ANY ((SELECT scope_organizations())::uuid[])'),
        ('bookings', theirs),
        ('booking_counters', theirs),
        ('booking_series', theirs),
        -- Those without an organization are everybody's.
        ('locations', theirs || ' OR organization_id IS NULL
            AND (SELECT scope_person() IS NOT NULL OR cardinality(scope_organizations()) > 0)'),
        ('memberships', theirs || ' OR ' || mine || '
            OR id IN (SELECT s.membership_id FROM served_organizations s WHERE s.' || theirs || ')'),
        ('served_organizations', theirs),
        ('tokens', theirs || ' OR ' || mine),
        ('staff_profiles', theirs || ' OR ' || mine || ' OR ' || people),
        ('availability_blocks', theirs || ' OR ' || mine || ' OR ' || people),
        ('notifications', mine),
        ('notification_deliveries', theirs),
        ('notification_templates', theirs),
        ('webhook_endpoints', theirs),
        ('calendar_feeds', mine),
        ('inbox', theirs),
        ('events', theirs),
        ('unsequenced', theirs),
        ('timers', theirs)
    ) AS walls (name, sees)
    LOOP
        EXECUTE format('CREATE POLICY everything ON %I USING (%s)', wall.name, everything);
        -- Whichever policy is asked first: who may see everything is asked nothing further.
        EXECUTE format('CREATE POLICY scope ON %I FOR SELECT USING (%s OR %s)', wall.name, everything, wall.sees);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wall.name);
    END LOOP;
END $$;

UPDATE platform SET needs = 24;
