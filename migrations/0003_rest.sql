-- What REST promises beyond documents: one effect for each Idempotency-Key, and lists that can be asked for what changed.

-- One row for each Idempotency-Key, for 48 hours. It is made before its effect, in a transaction of its own; the effect's
-- transaction holds the row's lock while it works and writes the answer into it, so effect and answer are there
-- together or not at all (docs/adr/0009).
create table idempotency_keys (
    tenant_id uuid not null,
    user_id uuid not null,
    -- Method and template of the path.
    route text not null,
    key text not null,
    -- SHA-256 of the whole path and the body.
    fingerprint bytea not null check (length(fingerprint) = 32),
    -- The answer; null while there is none.
    status smallint,
    headers text,
    body bytea,
    created_at timestamptz not null,
    primary key (tenant_id, user_id, route, key),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);
create index idempotency_keys_created_at on idempotency_keys (tenant_id, created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy tenant on idempotency_keys
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- What lists are sorted by. Plain columns, because behind row-level security only a plain column can lead an index: an
-- expression might leak what a policy hides, so Postgres does not look it up. Never null, so a page goes on inside of the
-- index; a visit without a known time comes last.
alter table appointments add column starts_key timestamptz not null
    generated always as (coalesce(starts_at, 'infinity'::timestamptz)) stored;
create index appointments_in_order on appointments (tenant_id, starts_key, id);
drop index appointments_starts_at;
-- No list asks for a state alone.
drop index appointments_status;

-- "What changed since": the question of every integration.
alter table clients add column updated_key bigint not null generated always as (coalesce(updated_at, 0)) stored;
alter table appointments add column updated_key bigint not null generated always as (coalesce(updated_at, 0)) stored;
alter table notes add column updated_key bigint not null generated always as (coalesce(updated_at, 0)) stored;
create index clients_updated on clients (tenant_id, updated_key, id);
create index appointments_updated on appointments (tenant_id, updated_key, id);
create index notes_updated on notes (tenant_id, updated_key, id);

-- Who has this address already?
alter table clients add column email_key text generated always as (lower(email)) stored;
create index clients_email_key on clients (tenant_id, email_key);
drop index clients_email;

-- A row or body as jsonb, without U+0000: a device may have written one, and jsonb cannot hold it.
create function plain_json(text) returns jsonb
    language sql immutable strict parallel safe
    return case
        when strpos($1, '\u0000') = 0 then $1::jsonb
        else regexp_replace($1, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::jsonb
    end;
grant execute on function plain_json(text) to veloria_app;
