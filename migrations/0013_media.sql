-- Pictures: what is known of each is a record, so devices see it; here are what finds a visit's and a client's pictures,
-- and uploads that come in pieces.

-- Plain columns, because behind row-level security only a plain column can lead an index.
ALTER TABLE records
    ADD COLUMN of_visit text GENERATED ALWAYS AS (CASE kind WHEN 'media' THEN plain_json(body) ->> 'appointmentId' END) STORED,
    ADD COLUMN of_client text GENERATED ALWAYS AS (CASE kind WHEN 'media' THEN plain_json(body) ->> 'clientId' END) STORED,
    ADD COLUMN file_hash text GENERATED ALWAYS AS (CASE kind WHEN 'media' THEN plain_json(body) ->> 'sha256' END) STORED;
CREATE INDEX records_of_visit ON records (tenant_id, of_visit, id) WHERE of_visit IS NOT NULL;
CREATE INDEX records_of_client ON records (tenant_id, of_client, id) WHERE of_client IS NOT NULL;
CREATE INDEX records_file_hash ON records (tenant_id, file_hash) WHERE file_hash IS NOT NULL;

-- An upload that comes in pieces. The pieces lie in the storage, each under the number of its first byte; `received` moves in
-- the transaction that has seen a piece stored, so it never promises what is not there.
CREATE TABLE media_uploads (
    tenant_id      uuid        NOT NULL REFERENCES tenants (id),
    id             uuid        NOT NULL,
    length         bigint      NOT NULL CHECK (length > 0),
    received       bigint      NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
    type           text        NOT NULL,
    client_id      uuid,
    appointment_id uuid,
    -- What it became.
    media_id       uuid,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX media_uploads_created ON media_uploads (tenant_id, created_at);
ALTER TABLE media_uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE media_uploads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON media_uploads
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
