-- What one view of the database holds of the log: its newest position, and what events are about that are committed
-- and have no position yet, whoever they belong to: therefore it sees everything while it looks. By this a list knows
-- what of the bookings in a program's memory still holds. More than so many are not told one by one.
CREATE FUNCTION log_news(OUT head bigint, OUT kinds text[], OUT subjects uuid[], OUT more boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text := coalesce(current_setting('rishi.scope', true), '');
BEGIN
    SELECT position INTO head FROM log_head WHERE one = 1;
    said := set_config('rishi.scope', 'all', true) || said;
    SELECT coalesce(array_agg(subject_kind), '{}'), coalesce(array_agg(subject_id), '{}'), count(*) >= 128
      INTO kinds, subjects, more
      FROM (SELECT subject_kind, subject_id FROM unsequenced ORDER BY batch LIMIT 128) waiting;
    said := set_config('rishi.scope', substr(said, 4), true);
END $$;
