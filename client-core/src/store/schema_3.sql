-- Version 3: the conflicts, kept in the very transactions that move rows. `stale` makes them be found anew when the file is opened.
CREATE TABLE conflicts (
    id BLOB PRIMARY KEY,
    kept INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conflicts_open ON conflicts (kept, id);
CREATE TABLE conflict_things (
    thing BLOB NOT NULL,
    conflict BLOB NOT NULL,
    PRIMARY KEY (thing, conflict)
) WITHOUT ROWID;
CREATE INDEX conflict_things_by_conflict ON conflict_things (conflict);
CREATE INDEX clients_by_phone ON clients (phone, id) WHERE phone IS NOT NULL;
CREATE INDEX clients_by_email ON clients (lower(email), id) WHERE email IS NOT NULL;
CREATE INDEX appointments_by_service ON appointments (service_id, id) WHERE service_id IS NOT NULL;
-- Rows whose change graph says something; few.
CREATE INDEX clients_with_facts ON clients (id) WHERE instr(row, '"facts":{') > 0;
CREATE INDEX appointments_with_facts ON appointments (id) WHERE instr(row, '"facts":{') > 0;
CREATE INDEX notes_with_facts ON notes (id) WHERE instr(row, '"facts":{') > 0;
INSERT INTO meta (key, value) VALUES ('conflicts_stale', 'true');
