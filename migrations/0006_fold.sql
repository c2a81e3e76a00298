-- Finding changes that are old enough to be folded must not mean reading the whole log with every push: this index holds
-- just those that still have their bytes, oldest first.
CREATE INDEX sync_log_unfolded ON sync_log (tenant_id, at) WHERE bytes IS NOT NULL;
