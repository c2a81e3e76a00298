-- Plans: what changed when and what is due for it, and the signed word about the plan that devices carry.

-- A statement signed by this server; it goes to devices with the tenant's record. Null on the free plan, and until the next
-- sync after a change.
alter table tenants add column entitlement text;

-- Every change of a plan, never edited. What is due is written down here and charged by nobody yet.
create table plan_changes (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    at timestamptz not null,
    from_plan text not null check (from_plan in ('ivory', 'veloria', 'imperium')),
    to_plan text not null check (to_plan in ('ivory', 'veloria', 'imperium')),
    -- asked: by her, at the price of the day. granted: by whoever runs the installation, for nothing.
    cause text not null check (cause in ('asked', 'granted')),
    -- When she began to pay: the months are counted from here. Null on the free plan.
    anchor timestamptz,
    -- In minor units; less than nothing is a credit.
    due_minor bigint not null,
    currency text not null,
    primary key (tenant_id, id)
);
create index plan_changes_at on plan_changes (tenant_id, at);
alter table plan_changes enable row level security;
alter table plan_changes force row level security;
create policy tenant on plan_changes
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
