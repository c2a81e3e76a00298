-- What a worker needs to know beyond the queue: for whom something recurs and when next, how fast a provider may be asked, and
-- what became of jobs that are done. The schema `jobs` belongs to no tenant: nothing in it is more than ids, names of jobs,
-- times and counts, and veloria_app reaches it by functions only.

-- Whom recurring jobs are for. Ids alone, because row-level security shows the tenants themselves to nobody as a whole.
create table jobs.tenants (
    id uuid primary key
);

create function jobs.note_tenant() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        insert into jobs.tenants (id) values (new.id) on conflict do nothing;
    else
        delete from jobs.tenants where id = old.id;
    end if;
    return null;
end
$$;
revoke execute on function jobs.note_tenant from public;
create trigger note_tenant after insert or delete on tenants for each row execute function jobs.note_tenant();

-- Those who were there before. Forced row-level security would show the owner none.
alter table tenants no force row level security;
insert into jobs.tenants (id) select id from tenants on conflict do nothing;
alter table tenants force row level security;

-- What recurs: the name of a job, the five fields of cron by the wall of the tenant's zone, and when it is due next.
create table jobs.schedules (
    tenant_id uuid not null references jobs.tenants (id) on delete cascade,
    name text not null,
    cron text not null,
    next_at timestamptz not null,
    primary key (tenant_id, name)
);
create index schedules_next_at on jobs.schedules (next_at);
grant select on jobs.tenants, jobs.schedules to veloria_jobs;

-- Writes down when a job of this tenant is due next.
create function jobs.plan(name text, cron text, next_at timestamptz) returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
    insert into jobs.schedules as planned (tenant_id, name, cron, next_at)
    values (nullif(current_setting('app.tenant_id', true), '')::uuid, name, cron, next_at)
    on conflict (tenant_id, name) do update set cron = excluded.cron, next_at = excluded.next_at;
$$;

-- Adds the job that is due and writes down when it is due next, unless another worker was faster. Due again while the last
-- one still waits, there is one.
create function jobs.fire(
    name text,
    due_at timestamptz,
    next_at timestamptz,
    max_attempts integer,
    priority integer
) returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update jobs.schedules as planned
    set next_at = fire.next_at
    where planned.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
      and planned.name = fire.name
      and planned.next_at = fire.due_at;
    if not found then
        return false;
    end if;
    perform jobs.add(name, 'null', null, null, max_attempts, 'schedule', priority, null);
    return true;
end
$$;

revoke execute on function jobs.plan, jobs.fire from public;
grant execute on function jobs.plan, jobs.fire to veloria_app;

-- When the next job of a queue may ask its provider. In the database, so that a restart does not begin a new burst.
create table jobs.throttles (
    queue text primary key,
    next_at timestamptz not null
);
grant select, insert, update on jobs.throttles to veloria_jobs;

-- What became of jobs, by minute; done jobs leave the queue. Kept for 14 days.
create table jobs.minutes (
    minute timestamptz not null,
    name text not null,
    done bigint not null default 0,
    failed bigint not null default 0,
    dead bigint not null default 0,
    waited_ms bigint not null default 0,
    ran_ms bigint not null default 0,
    primary key (minute, name)
);
grant select, insert, update, delete on jobs.minutes to veloria_jobs;

-- The newest migration, for the question whether this server is ready: the table itself is closed. (plpgsql, because a body
-- in SQL would have to find that table now.)
create function jobs.newest_migration() returns bigint
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return (select max(version) from public._sqlx_migrations where success);
end
$$;
revoke execute on function jobs.newest_migration from public;
grant execute on function jobs.newest_migration to veloria_app;
