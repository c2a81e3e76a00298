-- Conflicts are found when they are asked for, out of the rows. What the change graph of a document says beyond its values
-- stands in few rows; these columns let them be found without reading all. A text of hers cannot look like it: inside of
-- JSON texts quotation marks are escaped.
alter table clients add column has_facts boolean not null generated always as (strpos(row, '"facts":{') > 0) stored;
alter table appointments add column has_facts boolean not null generated always as (strpos(row, '"facts":{') > 0) stored;
alter table notes add column has_facts boolean not null generated always as (strpos(row, '"facts":{') > 0) stored;
create index clients_facts on clients (tenant_id, id) where has_facts;
create index appointments_facts on appointments (tenant_id, id) where has_facts;
create index notes_facts on notes (tenant_id, id) where has_facts;
-- Whose visits are ahead although the client is gone, and visits of a service that is offered no more.
create index clients_gone on clients (tenant_id, id) where deleted;
create index appointments_service on appointments (tenant_id, service_id, id);
