-- What REST promises beyond documents: one effect for each Idempotency-Key, and lists that can be asked for what changed.

-- One row for each Idempotency-Key, for 48 hours. It is made before its effect, in a transaction of its own; the effect's
-- transaction holds the row's lock while it works and writes the answer into it, so effect and answer are there
-- together or not at all (docs/adr/0009).
create table idempotency_keys (
    tenant_id uuid not null references tenants (id),
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

-- Lists by time: an appointment without a known start comes last, and a page goes on inside of the index.
create index appointments_in_order on appointments (tenant_id, (coalesce(starts_at, 'infinity')), id);
drop index appointments_starts_at;
-- No list asks for a state alone.
drop index appointments_status;

-- "What changed since": the question of every integration.
create index clients_updated_at on clients (tenant_id, (coalesce(updated_at, 0)), id);
create index appointments_updated_at on appointments (tenant_id, (coalesce(updated_at, 0)), id);
create index notes_updated_at on notes (tenant_id, (coalesce(updated_at, 0)), id);

-- A client's history asks for her payments.
create index records_payments_by_client on records (tenant_id, ((body::jsonb ->> 'clientId')))
    where kind = 'payment' and body is not null;
