-- What a device said when it last synced: up to which number of the log it has everything, and how much waits on it to be handed over.
-- Null: it has not said.
alter table devices add column read_to bigint;
alter table devices add column pending bigint;
