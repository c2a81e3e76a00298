-- The journal of critical actions: who did what to what, when, through which door. Written in the transaction of what it tells
-- of, so there is no effect without its line and no line without its effect. Nothing personal is in it.
create table audit_logs (
    tenant_id uuid not null references tenants (id),
    id uuid not null default gen_random_uuid(),
    -- The database's own clock: one for all nodes, and not one that a caller can set.
    at timestamptz not null default clock_timestamp(),
    door text not null check (door in ('rest', 'sync', 'import', 'admin', 'job')),
    -- Who: a person, by which key, on which device. No foreign keys: a journal outlives what it speaks of.
    user_id uuid,
    token_id uuid,
    device_id uuid,
    action text not null,
    subject text not null,
    subject_id uuid not null,
    changes jsonb not null,
    request_id text,
    primary key (tenant_id, id)
);
create index audit_logs_in_order on audit_logs (tenant_id, at, id);
create index audit_logs_subject on audit_logs (tenant_id, subject_id, at);
alter table audit_logs enable row level security;
alter table audit_logs force row level security;
create policy tenant on audit_logs
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Append-only: the server can add and read. The default privileges of 0001 gave it more.
revoke update, delete, truncate on audit_logs from veloria_app;
