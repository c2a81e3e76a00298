-- The books: double entry, in minor units, derived from the records that money is written down in and written in their
-- transaction. Invoices and closed days of the till are records like payments; nothing of theirs is here but numbers and sums.

-- One line moves an amount from one account to another, so no line is out of balance. Append-only: what became wrong is taken
-- back by the opposite line.
create table ledger (
    tenant_id uuid not null references tenants (id),
    id uuid not null default gen_random_uuid(),
    -- The database's own clock.
    at timestamptz not null default clock_timestamp(),
    -- The day it counts for.
    day date not null,
    -- The record that it follows from. No foreign key: the books outlive what they speak of.
    source text not null check (source in ('payment', 'invoice', 'till')),
    source_id uuid not null,
    invoice_id uuid,
    debit text not null,
    credit text not null,
    minor bigint not null check (minor > 0),
    currency text not null,
    primary key (tenant_id, id),
    check (debit <> credit)
);
create index ledger_in_order on ledger (tenant_id, at, id);
create index ledger_by_day on ledger (tenant_id, day, id);
create index ledger_by_source on ledger (tenant_id, source_id);
create index ledger_by_invoice on ledger (tenant_id, invoice_id, at) where invoice_id is not null;
create index ledger_cash on ledger (tenant_id, currency, day) include (debit, minor, source)
    where debit = 'money/cash' or credit = 'money/cash';
alter table ledger enable row level security;
alter table ledger force row level security;
create policy tenant on ledger
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- survives: the version before knows nothing of the table.
revoke update, delete, truncate on ledger from veloria_app;

-- How far the books have followed the log, and the last number that an invoice of the business has. What was recorded before
-- there were books, or by a server of the version before, is posted when somebody asks for the books, and every night.
create table ledger_state (
    tenant_id uuid primary key references tenants (id),
    followed bigint not null default 0,
    last_invoice bigint not null default 0
);
alter table ledger_state enable row level security;
alter table ledger_state force row level security;
create policy tenant on ledger_state
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
