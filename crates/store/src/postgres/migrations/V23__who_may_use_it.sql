-- Who may use this database. One row.
--
-- `needs` is the newest version of the schema that a program must know at least: one that knows less refuses to
-- start. A migration that older programs cannot live with raises it; most only add something, and leave it.
CREATE TABLE platform (
    one   bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    needs bigint NOT NULL
);

INSERT INTO platform (one, needs) VALUES (1, 23);

-- A copy of a file into this database that is not finished: while the row is there, nothing is served. The source
-- is known by where its log ends.
CREATE TABLE copying (
    one      bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    source   text   COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    hash     bytea  NOT NULL
);

-- How far it has come, written in the transactions that write the rows: how many of a table, and the sum of their
-- digests.
CREATE TABLE copied (
    name   text   COLLATE "C" NOT NULL PRIMARY KEY,
    rows   bigint NOT NULL,
    digest bytea  NOT NULL
);

-- What texts are made small by where they are searched: all of Unicode, whatever the database's own collation knows.
DO $$
BEGIN
    IF to_regcollation('"und-x-icu"') IS NOT NULL THEN
        CREATE COLLATION every_script FROM "und-x-icu";
    ELSIF current_setting('server_version_num')::int >= 180000 THEN
        CREATE COLLATION every_script (provider = builtin, locale = 'PG_UNICODE_FAST');
    ELSE
        RAISE EXCEPTION 'this PostgreSQL was built without ICU, which search needs: install a build that has it, or PostgreSQL 18';
    END IF;
END $$;
