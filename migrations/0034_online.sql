-- Money over the internet: the shops that she has connected, what was asked of them and under which key, and what they told us. What
-- changed hands is a payment record like any other; here is what is known of it on its way.

create table online_shops (
    tenant_id uuid not null references tenants (id),
    shop text not null,
    -- Sealed; none once she has disconnected the shop. Of a shop that another one replaced it stays, so that its payments come to
    -- their end.
    key bytea,
    -- What nobody can guess in the address that the provider notifies.
    hook text not null,
    is_current boolean not null,
    -- When the provider last said that it does not accept the key.
    refused_at timestamptz,
    -- When it last said that it does.
    accepted_at timestamptz,
    is_test boolean,
    -- Receipts, where they are ours to give.
    tax_system smallint,
    vat smallint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, shop)
);
create unique index online_shops_current on online_shops (tenant_id) where is_current;
alter table online_shops enable row level security;
alter table online_shops force row level security;
create policy tenant on online_shops
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

create table online_payments (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    purpose text not null check (purpose in ('invoice', 'deposit')),
    -- No foreign key: an invoice is a record.
    invoice_id uuid not null,
    appointment_id uuid,
    shop text not null,
    -- Whether it is the shop of the installation and not one of hers.
    is_installation boolean not null,
    -- The key of the call that creates it: kept before the call, the same in every repetition.
    key text not null,
    -- What else the call says, sealed, for the same key wants the same body; none once it is known what became of the call.
    asked bytea,
    minor bigint not null check (minor > 0),
    currency text not null,
    is_hold boolean not null,
    has_receipt boolean not null,
    status text not null default 'pending'
        check (status in ('pending', 'waiting_for_capture', 'succeeded', 'canceled')),
    -- The provider's id, known once an answer was read or the provider told of it.
    theirs text,
    url text,
    is_test boolean not null default false,
    captured_minor bigint check (captured_minor > 0 and captured_minor <= minor),
    expires_at timestamptz,
    reason text,
    trouble text,
    -- Whether the payment stands on its invoice; one that the invoice could not take is in the books without it.
    is_on_invoice boolean not null default true,
    -- What is to happen to a hold: taken or let go, under which key, and how much of it.
    act text check (act in ('capture', 'cancel')),
    act_key text,
    act_minor bigint check (act_minor > 0),
    act_asked bytea,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    check ((act is null) = (act_key is null))
);
-- One object of the provider is one of ours.
create unique index online_payments_theirs on online_payments (tenant_id, shop, theirs) where theirs is not null;
create index online_payments_by_invoice on online_payments (tenant_id, invoice_id, created_at);
create index online_payments_by_visit on online_payments (tenant_id, appointment_id, created_at)
    where appointment_id is not null;
create index online_payments_open on online_payments (tenant_id, created_at)
    where status in ('pending', 'waiting_for_capture');
create index online_payments_in_order on online_payments (tenant_id, created_at, id);
create index online_payments_updated on online_payments (tenant_id, updated_at, id);
alter table online_payments enable row level security;
alter table online_payments force row level security;
create policy tenant on online_payments
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

create table online_refunds (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    payment_id uuid not null,
    key text not null,
    asked bytea,
    minor bigint not null check (minor > 0),
    status text not null default 'pending' check (status in ('pending', 'succeeded', 'canceled')),
    theirs text,
    reason text,
    trouble text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, payment_id) references online_payments (tenant_id, id)
);
create unique index online_refunds_theirs on online_refunds (tenant_id, payment_id, theirs) where theirs is not null;
create index online_refunds_by_payment on online_refunds (tenant_id, payment_id, created_at);
create index online_refunds_open on online_refunds (tenant_id, created_at) where status = 'pending';
alter table online_refunds enable row level security;
alter table online_refunds force row level security;
create policy tenant on online_refunds
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- What the provider told us, as it came: one event of one object is kept once. Believed is none of it; it says where to look.
create table online_events (
    tenant_id uuid not null references tenants (id),
    shop text not null,
    event text not null,
    object_id text not null,
    id uuid not null,
    is_installation boolean not null,
    -- Sealed: it says who paid with what.
    body bytea not null,
    came_at timestamptz not null,
    seen_at timestamptz,
    outcome text,
    primary key (tenant_id, shop, event, object_id)
);
create unique index online_events_by_id on online_events (tenant_id, id);
create index online_events_came on online_events (tenant_id, came_at);
alter table online_events enable row level security;
alter table online_events force row level security;
create policy tenant on online_events
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
