-- Version 2: whether two visits overlap is seen in the index, without reading (and decrypting) every visit of two weeks.
DROP INDEX appointments_by_start;
CREATE INDEX appointments_by_start ON appointments (deleted, starts_at, ends_at, id);
