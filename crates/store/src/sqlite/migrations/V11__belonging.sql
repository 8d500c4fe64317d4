-- What belongs to an organization stays with it, so that nothing that refers to it from inside can come
-- to refer to another organization's. (Bookings and their locations, tokens and their memberships are
-- held together by V1.)

CREATE TRIGGER bookings_stay BEFORE UPDATE OF organization_id ON bookings
WHEN OLD.organization_id <> NEW.organization_id BEGIN
    SELECT RAISE(ABORT, 'foreign organization');
END;

CREATE TRIGGER locations_stay BEFORE UPDATE OF organization_id ON locations
WHEN OLD.organization_id IS NOT NEW.organization_id BEGIN
    SELECT RAISE(ABORT, 'foreign organization');
END;

CREATE TRIGGER memberships_stay BEFORE UPDATE OF user_id, organization_id ON memberships
WHEN OLD.organization_id <> NEW.organization_id OR OLD.user_id <> NEW.user_id BEGIN
    SELECT RAISE(ABORT, 'foreign organization');
END;

CREATE TRIGGER notifications_name_an_organization BEFORE INSERT ON notifications
WHEN NOT EXISTS (SELECT 1 FROM organizations WHERE id = NEW.organization_id) BEGIN
    SELECT RAISE(ABORT, 'foreign organization');
END;
