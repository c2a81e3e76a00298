-- Months of a plan that begin by themselves are entries of the same ledger: nothing changes, and the price of a month is due.
alter table plan_changes drop constraint plan_changes_cause_check;
-- survives: the version before writes `asked` and `granted`, which stay allowed.
alter table plan_changes add constraint plan_changes_cause_check check (cause in ('asked', 'granted', 'renewed'));
