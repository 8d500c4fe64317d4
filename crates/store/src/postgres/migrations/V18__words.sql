-- Texts of an organization's own, mails for a whole day, and addresses that take nothing.

-- One set for each kind and language. A row without texts is one that was reset: the count goes on.
CREATE TABLE notification_templates (
    organization_id uuid   NOT NULL REFERENCES organizations (id),
    kind            text   COLLATE "C" NOT NULL,
    language        text   COLLATE "C" NOT NULL,
    texts           text   COLLATE "C",
    updated_at      bigint NOT NULL,
    version         bigint NOT NULL,
    PRIMARY KEY (organization_id, kind, language)
);

-- What a mail shows instead of a notification's title and text, until it was sent.
CREATE TABLE notification_html (
    notification_id uuid NOT NULL PRIMARY KEY REFERENCES notifications (id),
    html            text COLLATE "C" NOT NULL
);

ALTER TABLE notification_deliveries ADD COLUMN digest boolean NOT NULL DEFAULT false;
ALTER TABLE notification_deliveries ADD COLUMN template_error text COLLATE "C";

CREATE INDEX notification_deliveries_in_digest ON notification_deliveries (user_id, due_at)
    WHERE digest AND outcome IN ('pending', 'failed');

ALTER TABLE notification_preferences ADD COLUMN digest text COLLATE "C";

-- How the address of a person stands that something was refused at.
CREATE TABLE mail_standings (
    user_id       uuid    NOT NULL PRIMARY KEY REFERENCES users (id),
    email         text    COLLATE "C" NOT NULL,
    failures      bigint  NOT NULL,
    undeliverable boolean NOT NULL,
    reason        text    COLLATE "C",
    failed_at     bigint,
    last_cause    uuid,
    version       bigint  NOT NULL
);
