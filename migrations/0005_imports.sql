-- Imports over REST: the uploaded file with its map, how far it is, and what became of each row.
-- The file stays until the import was run or thrown away; the rows stay, so that she can look them up.

CREATE TABLE imports (
    tenant_id   uuid        NOT NULL REFERENCES tenants (id),
    id          uuid        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('preview', 'running', 'done', 'undoing', 'undone', 'failed')),
    kind        text        NOT NULL,
    filename    text        NOT NULL,
    format      text        NOT NULL,
    file        bytea       NOT NULL,
    -- JSON; NULL while nobody knows what the columns mean.
    map         text,
    duplicates  text        NOT NULL,
    -- What the things that it made are marked with; follows from file and map.
    import_id   uuid,
    done        integer     NOT NULL DEFAULT 0,
    total       integer     NOT NULL,
    -- JSON: the counts so far.
    report      text        NOT NULL,
    -- Until when the process that runs it may be believed to live.
    lease_until timestamptz,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_created ON imports (tenant_id, created_at DESC, id);

CREATE TABLE import_rows (
    tenant_id uuid    NOT NULL,
    import    uuid    NOT NULL,
    number    integer NOT NULL,
    line      bigint  NOT NULL,
    result    text    NOT NULL,
    code      text,
    reason_ru text,
    reason_en text,
    item_id   uuid,
    PRIMARY KEY (tenant_id, import, number),
    FOREIGN KEY (tenant_id, import) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['imports', 'import_rows']
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
