-- What recurs for a business whose job cannot be added is put off by the worker, so that it does not stand in the way of others.
grant update (next_at) on jobs.schedules to veloria_jobs;
