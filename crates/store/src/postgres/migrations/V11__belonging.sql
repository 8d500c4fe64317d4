-- What belongs to an organization stays with it, so that nothing that refers to it from inside can come
-- to refer to another organization's. (Bookings and their locations, tokens and their memberships are
-- held together by V1.)

CREATE FUNCTION belongings_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'foreign organization'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'foreign_organization';
END $$;

CREATE TRIGGER bookings_stay BEFORE UPDATE OF organization_id ON bookings
FOR EACH ROW WHEN (OLD.organization_id <> NEW.organization_id) EXECUTE FUNCTION belongings_stay();

CREATE TRIGGER locations_stay BEFORE UPDATE OF organization_id ON locations
FOR EACH ROW WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id)
EXECUTE FUNCTION belongings_stay();

CREATE TRIGGER memberships_stay BEFORE UPDATE OF user_id, organization_id ON memberships
FOR EACH ROW WHEN (OLD.organization_id <> NEW.organization_id OR OLD.user_id <> NEW.user_id)
EXECUTE FUNCTION belongings_stay();

CREATE FUNCTION notifications_name_an_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organizations WHERE id = NEW.organization_id) THEN
        RAISE EXCEPTION 'foreign organization'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'foreign_organization';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER notifications_name_an_organization BEFORE INSERT ON notifications
FOR EACH ROW EXECUTE FUNCTION notifications_name_an_organization();
