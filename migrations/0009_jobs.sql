-- Jobs: everything slow or outside is a row in a queue, written in the transaction of its cause (rule D16). The queue's
-- own tables are the schema `graphile_worker`, which the library of that name keeps up to date after these migrations;
-- here is the door to it.
--
-- Three roles (rule D11): the owner migrates; veloria_app adds jobs for the tenant of its transaction and can neither
-- read, change nor remove anybody's; veloria_jobs, which the worker is, takes and completes them, and sees no row of any
-- tenant's tables.

do $$
begin
    if not exists (select from pg_roles where rolname = 'veloria_jobs') then
        create role veloria_jobs nologin nosuperuser nobypassrls nocreatedb nocreaterole;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
    if not exists (select from pg_roles where rolname = current_user and rolsuper) then
        execute format('grant veloria_jobs to %I', current_user);
    end if;
exception
    when insufficient_privilege then null;
end
$$;

create schema jobs;
grant usage on schema jobs to veloria_app, veloria_jobs;

-- Adds a job for the tenant of this transaction. The name of the job and the tenant stand before the key, so nobody
-- replaces a job of somebody else's. Runs with the owner's rights; what it may do is all here. `graphile_worker` is looked
-- up when the function is called, so it may come later than this migration.
create function jobs.add(
    name text,
    job text,
    queue text,
    run_at timestamptz,
    max_attempts integer,
    key text,
    priority integer,
    request text
) returns uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    id uuid := gen_random_uuid();
begin
    if tenant is null then
        raise exception 'a job is added in the transaction of a tenant' using errcode = 'insufficient_privilege';
    end if;
    perform graphile_worker.add_job(
        identifier => name,
        payload => json_build_object('id', id, 'tenant', tenant, 'request', request, 'job', job::json),
        queue_name => queue,
        run_at => run_at,
        max_attempts => max_attempts,
        job_key => name || ':' || tenant || ':' || key,
        priority => priority,
        job_key_mode => 'replace');
    return id;
end
$$;

-- Takes back a job that was added under a key. One that runs already runs to its end, but not again.
create function jobs.cancel(name text, key text) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
    if tenant is null then
        raise exception 'a job is cancelled in the transaction of a tenant' using errcode = 'insufficient_privilege';
    end if;
    perform graphile_worker.remove_job(name || ':' || tenant || ':' || key);
end
$$;

revoke execute on function jobs.add, jobs.cancel from public;
grant execute on function jobs.add, jobs.cancel to veloria_app;

-- Which jobs have had their effect. A job may run twice (its worker dies after the effect and before the queue knows), its
-- effect is in one transaction with a row here, so there is one. Kept for 60 days, longer than any job is.
create table job_effects (
    tenant_id uuid not null references tenants (id),
    job uuid not null,
    made_at timestamptz not null,
    primary key (tenant_id, job)
);
create index job_effects_made_at on job_effects (tenant_id, made_at);
alter table job_effects enable row level security;
alter table job_effects force row level security;
create policy tenant on job_effects
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- What operators have paused: jobs of a name, or a queue. The worker's policies hide what is paused (until it is resumed), and
-- only from taking: what runs already, runs to its end.
create table jobs.pauses (
    what text not null check (what in ('job', 'queue')),
    name text not null,
    since timestamptz not null default now(),
    primary key (what, name)
);
grant select, insert, delete on jobs.pauses to veloria_jobs;

-- Jobs that failed together, because one provider was down, must not come back together: up to a quarter is added to the wait.
create function jobs.jitter() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.run_at := new.run_at + greatest(new.run_at - now(), interval '0') * (random() * 0.25);
    return new;
end
$$;
