-- Version 8: the money of one client, and of one visit, without reading all money there ever was; and when the server answered an
-- intent, in its own seconds since 1970, because the clock here may be anything.
CREATE INDEX payments_by_client ON records (json_extract(body, '$.clientId'), id) WHERE record = 'payment';
CREATE INDEX payments_by_visit ON records (json_extract(body, '$.appointmentId'), id) WHERE record = 'payment';
ALTER TABLE intents ADD COLUMN answered INTEGER;
