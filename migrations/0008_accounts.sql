-- Accounts: what people are, how they prove that it is them, and what they have asked for.

-- Several people of one business come later; what they are is data from the start.
alter table users add column role text not null default 'owner' check (role in ('owner'));

-- Suspended: everything can be read and taken away, nothing changed.
alter table tenants add constraint tenants_status_check check (status in ('active', 'suspended'));

-- Where somebody signed in, for the list of sign-ins: the browser's own name, and the beginning of the address.
alter table tokens add column agent text;
alter table tokens add column address text;
-- Programs that want short keys: a refresh token is exchanged for a pair of new ones. All that came of one sign-in are one
-- family, and end together when one that was exchanged is shown again.
alter table tokens add column family uuid;
alter table tokens add column exchanged_at timestamptz;
-- A device's new key: the older ones work until this one is used for the first time.
alter table tokens add column replaces_older boolean not null default false;
alter table tokens drop constraint tokens_kind_check;
alter table tokens add constraint tokens_kind_check check (kind in ('pat', 'device', 'session', 'access', 'refresh'));
alter table tokens add constraint tokens_family_check check ((kind in ('access', 'refresh')) = (family is not null));
create index tokens_by_user on tokens (tenant_id, user_id) where revoked_at is null;

-- Codes that were sent by mail: to reset a password, to prove a new address or phone. Only the SHA-256 of a code is kept; what
-- it is to confirm is sealed.
create table confirmations (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    user_id uuid not null,
    purpose text not null check (purpose in ('password', 'email', 'phone')),
    hash bytea not null check (length(hash) = 32),
    sealed bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);
create unique index confirmations_by_hash on confirmations (tenant_id, hash);
create index confirmations_by_user on confirmations (tenant_id, user_id, created_at);
alter table confirmations enable row level security;
alter table confirmations force row level security;
create policy tenant on confirmations
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Second factors. The secret is sealed under a key that is not in the database; the newest step that was used is remembered,
-- so a code works once.
create table second_factors (
    tenant_id uuid not null references tenants (id),
    user_id uuid not null,
    sealed bytea not null,
    last_step bigint not null default 0,
    created_at timestamptz not null,
    -- Asked for at sign-in from then on.
    confirmed_at timestamptz,
    primary key (tenant_id, user_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);
alter table second_factors enable row level security;
alter table second_factors force row level security;
create policy tenant on second_factors
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- For when the phone with the codes is lost: each works once. 128 random bits, so a plain hash is enough.
create table recovery_codes (
    tenant_id uuid not null references tenants (id),
    user_id uuid not null,
    hash bytea not null check (length(hash) = 32),
    used_at timestamptz,
    primary key (tenant_id, user_id, hash),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);
alter table recovery_codes enable row level security;
alter table recovery_codes force row level security;
create policy tenant on recovery_codes
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
