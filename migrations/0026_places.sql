-- Places that are counted: which device another one was copied from, and who is storing a piece of an upload just now.

-- A copied home gets an identity of its own even if the plan is full; a family of copies may have a few of those.
alter table devices add column copied_from uuid;

-- While a piece is being stored no transaction is open; this says whose piece it is, and since when.
alter table media_uploads add column claim uuid;
alter table media_uploads add column claimed_at timestamptz;

-- All that came of one sign-in ends together, and is looked for by its family.
create index tokens_by_family on tokens (tenant_id, family) where family is not null;
