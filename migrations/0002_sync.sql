-- The log, the documents and records behind it, and the rows that lists and searches read.
-- Every key begins with tenant_id; every table is walled by row-level security, also against its owner.

CREATE TABLE documents (
    tenant_id  uuid   NOT NULL REFERENCES tenants (id),
    id         uuid   NOT NULL,
    collection text   NOT NULL,
    -- 'change': the one change made so far; 'snapshot': the whole document; 'purged': erased on purpose.
    form       text   NOT NULL CHECK (form IN ('change', 'snapshot', 'purged')),
    bytes      bytea  NOT NULL,
    checksum   bytea  NOT NULL,
    -- The sorted heads, 32 bytes each.
    heads      bytea  NOT NULL,
    -- The number of its newest change.
    seq        bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE sync_log (
    tenant_id  uuid        NOT NULL REFERENCES tenants (id),
    seq        bigint      NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('change', 'record', 'purged')),
    group_id   uuid,
    -- A collection, or a kind of record.
    part       text        NOT NULL,
    item_id    uuid        NOT NULL,
    hash       bytea       NOT NULL,
    -- NULL once folded into the document, and for records, which are read from their table.
    bytes      bytea,
    -- SHA-256 of the previous link and this entry's hash: names the log up to here.
    chain      bytea       NOT NULL,
    device_id  uuid,
    at         timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX sync_log_hash ON sync_log (tenant_id, hash);
CREATE INDEX sync_log_item ON sync_log (tenant_id, item_id, seq);

CREATE TABLE records (
    tenant_id uuid   NOT NULL REFERENCES tenants (id),
    kind      text   NOT NULL,
    id        uuid   NOT NULL,
    -- NULL once removed.
    body      text,
    seq       bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
);

CREATE TABLE intents (
    tenant_id uuid        NOT NULL REFERENCES tenants (id),
    id        uuid        NOT NULL,
    action    text        NOT NULL,
    target    uuid        NOT NULL,
    result    text        NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE digests (
    tenant_id uuid  NOT NULL REFERENCES tenants (id),
    part      text  NOT NULL,
    sum       bytea NOT NULL,
    PRIMARY KEY (tenant_id, part)
);

CREATE TABLE quarantine (
    tenant_id  uuid        NOT NULL REFERENCES tenants (id),
    doc_id     uuid        NOT NULL,
    hash       bytea       NOT NULL,
    code       text        NOT NULL,
    collection text        NOT NULL,
    bytes      bytea       NOT NULL,
    device_id  uuid,
    at         timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, doc_id, hash, code)
);

CREATE TABLE clients (
    tenant_id   uuid    NOT NULL,
    id          uuid    NOT NULL,
    row         text    NOT NULL,
    name        text    NOT NULL,
    name_folded text    NOT NULL,
    phone       text,
    email       text,
    search      text    NOT NULL,
    deleted     boolean NOT NULL,
    created_at  bigint,
    updated_at  bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES documents (tenant_id, id)
);
CREATE INDEX clients_name ON clients (tenant_id, name_folded, id);
CREATE INDEX clients_phone ON clients (tenant_id, phone);
CREATE INDEX clients_email ON clients (tenant_id, lower(email));

CREATE TABLE appointments (
    tenant_id  uuid    NOT NULL,
    id         uuid    NOT NULL,
    row        text    NOT NULL,
    kind       text    NOT NULL,
    client_id  uuid,
    service_id uuid,
    status     text    NOT NULL,
    starts_at  timestamptz,
    ends_at    timestamptz,
    deleted    boolean NOT NULL,
    created_at bigint,
    updated_at bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES documents (tenant_id, id)
);
CREATE INDEX appointments_starts_at ON appointments (tenant_id, starts_at, id);
CREATE INDEX appointments_client ON appointments (tenant_id, client_id, starts_at);
CREATE INDEX appointments_status ON appointments (tenant_id, status, starts_at);

CREATE TABLE notes (
    tenant_id      uuid    NOT NULL,
    id             uuid    NOT NULL,
    row            text    NOT NULL,
    client_id      uuid,
    appointment_id uuid,
    deleted        boolean NOT NULL,
    created_at     bigint,
    updated_at     bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES documents (tenant_id, id)
);
CREATE INDEX notes_client ON notes (tenant_id, client_id, id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['documents', 'sync_log', 'records', 'intents', 'digests', 'quarantine',
                                'clients', 'appointments', 'notes']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
             WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
            name || '_tenant', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO veloria_app', name);
    END LOOP;
END
$$;
