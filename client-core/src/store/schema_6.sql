-- Version 6: what is not deleted has indexes of its own. An index that begins with `deleted` looks choosy to the planner and is not: a week
-- read, and a conflict looked for, by way of every visit there is. The columns at the end are there to be read without the row.
DROP INDEX appointments_by_start;
CREATE INDEX appointments_by_start ON appointments (starts_at, ends_at, id, status, deleted) WHERE deleted = 0;
DROP INDEX clients_by_name;
CREATE INDEX clients_by_name ON clients (name_folded, id, deleted) WHERE deleted = 0;
CREATE INDEX clients_deleted ON clients (id) WHERE deleted = 1;
DROP INDEX clients_by_phone;
CREATE INDEX clients_by_phone ON clients (phone, id, deleted) WHERE phone IS NOT NULL AND deleted = 0;
DROP INDEX clients_by_email;
CREATE INDEX clients_by_email ON clients (lower(email), email, id, deleted) WHERE email IS NOT NULL AND deleted = 0;
DROP INDEX appointments_by_client;
CREATE INDEX appointments_by_client ON appointments (client_id, status, starts_at, id, starts_text, deleted);
