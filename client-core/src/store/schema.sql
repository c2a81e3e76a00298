-- The device's file, version 1. An older app may not open a newer file; a newer app migrates it.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One document. `n` is also its row in `search`. `form` says what `bytes` are: an opened document, a snapshot or a
-- single change that nobody has opened yet, or nothing after an erasure.
CREATE TABLE documents (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    collection TEXT NOT NULL,
    form TEXT NOT NULL,
    bytes BLOB NOT NULL,
    checksum BLOB NOT NULL,
    heads BLOB NOT NULL,
    synced_heads BLOB NOT NULL
);
CREATE INDEX documents_unopened ON documents (n) WHERE form IN ('snapshot', 'change');

CREATE TABLE clients (
    id BLOB PRIMARY KEY,
    row TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    deleted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX clients_by_name ON clients (deleted, name_folded, id);

CREATE TABLE appointments (
    id BLOB PRIMARY KEY,
    row TEXT NOT NULL,
    client_id BLOB,
    service_id BLOB,
    starts_at INTEGER,
    ends_at INTEGER,
    starts_text TEXT,
    status TEXT NOT NULL,
    deleted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX appointments_by_start ON appointments (deleted, starts_at, id);
CREATE INDEX appointments_by_client ON appointments (client_id, status, starts_at, id);

CREATE TABLE notes (
    id BLOB PRIMARY KEY,
    row TEXT NOT NULL,
    client_id BLOB,
    created_at INTEGER,
    deleted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX notes_by_client ON notes (client_id, id);

CREATE TABLE records (
    record TEXT NOT NULL,
    id BLOB NOT NULL,
    body TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (record, id)
) WITHOUT ROWID;
CREATE INDEX records_by_id ON records (id);

-- Changes that the server has not acknowledged. `n` gives the order; what is queued anew goes to the front.
CREATE TABLE outbox (
    n INTEGER PRIMARY KEY,
    group_id BLOB,
    doc BLOB NOT NULL,
    collection TEXT NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    -- How often the server got other bytes than these.
    garbled INTEGER NOT NULL DEFAULT 0,
    UNIQUE (doc, hash)
);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    doc BLOB NOT NULL,
    collection TEXT NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0,
    UNIQUE (doc, hash, reason)
);

CREATE TABLE wants (
    doc BLOB PRIMARY KEY,
    tries INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE intents (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    action TEXT NOT NULL,
    target BLOB NOT NULL,
    body TEXT NOT NULL,
    after BLOB NOT NULL,
    deadline TEXT,
    state TEXT NOT NULL,
    code TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    created INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX intents_open ON intents (state, n);

CREATE TABLE digests (
    part TEXT PRIMARY KEY,
    sum BLOB NOT NULL
) WITHOUT ROWID;

-- What the user is told: a code and its words, seconds since 1970, and whether it was shown.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    code TEXT NOT NULL,
    args TEXT NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0
);

-- Folded text; both sides of a search fold alike, so the tokenizer leaves diacritics alone (й is not и).
CREATE VIRTUAL TABLE search USING fts5 (kind UNINDEXED, id UNINDEXED, text, tokenize = 'unicode61 remove_diacritics 0');
