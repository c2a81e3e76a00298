-- The ground that everything stands on: tenants, their people, devices and tokens, and the two walls between tenants.
--
-- First wall: every key begins with tenant_id, so a forgotten condition finds nothing or fails. Second wall: row-level
-- security, enabled AND forced, so that not even the owner of a table sees a row without `app.tenant_id`. Queries run
-- as veloria_app, which owns nothing and cannot bypass a policy. A new table of a tenant needs the same three
-- statements as below; a test of the catalogue says which table forgot them.

-- Roles belong to the cluster, not to the database: another database (or a parallel test) may have made it just now.
do $$
begin
    if not exists (select from pg_roles where rolname = 'veloria_app') then
        create role veloria_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

-- Whoever runs this must be able to become that role. A superuser is already.
do $$
begin
    if not exists (select from pg_roles where rolname = current_user and rolsuper) then
        execute format('grant veloria_app to %I', current_user);
    end if;
exception
    -- Somebody with more rights has granted it before, or the server says clearly at its start that nobody has.
    when insufficient_privilege then null;
end
$$;

grant usage on schema public to veloria_app;
-- Tables of later migrations, too. `_sqlx_migrations` is older than this line and stays closed.
alter default privileges in schema public grant select, insert, update, delete on tables to veloria_app;

create table tenants (
    id uuid primary key,
    name text not null,
    plan text not null default 'ivory' check (plan in ('ivory', 'veloria', 'imperium')),
    status text not null default 'active',
    timezone text not null default 'Europe/Moscow',
    locale text not null default 'ru',
    currency text not null default 'RUB',
    created_at timestamptz not null,
    -- The log: its newest number, its life, and the chain hash at that number.
    head bigint not null default 0,
    epoch uuid not null,
    chain bytea not null
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant on tenants
    using (id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (id = nullif(current_setting('app.tenant_id', true), '')::uuid);

create table users (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    email text not null,
    phone text,
    password_hash text not null,
    timezone text not null,
    locale text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
create unique index users_by_email on users (tenant_id, lower(email));
alter table users enable row level security;
alter table users force row level security;
create policy tenant on users
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Which tenant an e-mail signs in to: the only table that is asked before the tenant is known, so it has no policy
-- and holds nothing but the SHA-256 of the address in lower case and two ids.
create table identities (
    email_hash bytea primary key check (length(email_hash) = 32),
    tenant_id uuid not null,
    user_id uuid not null,
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index identities_by_user on identities (tenant_id, user_id);

create table devices (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    user_id uuid not null,
    name text not null,
    platform text,
    app_version text,
    created_at timestamptz not null,
    last_seen_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);
alter table devices enable row level security;
alter table devices force row level security;
create policy tenant on devices
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Personal access tokens, tokens of devices, sessions of browsers. Only the SHA-256 of a token is kept; the token
-- itself names its tenant, so it is looked up behind the wall like everything else.
create table tokens (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    user_id uuid not null,
    device_id uuid,
    kind text not null check (kind in ('pat', 'device', 'session')),
    name text not null,
    hash bytea not null check (length(hash) = 32),
    abilities text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant_id, id),
    check ((kind = 'device') = (device_id is not null)),
    foreign key (tenant_id, user_id) references users (tenant_id, id),
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
);
create unique index tokens_by_hash on tokens (tenant_id, hash);
create index tokens_by_device on tokens (tenant_id, device_id) where device_id is not null;
alter table tokens enable row level security;
alter table tokens force row level security;
create policy tenant on tokens
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
