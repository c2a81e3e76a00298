-- Version 7: what was answered under an Idempotency-Key, beside its effect. An older app knows nothing of it and may open the file.
CREATE TABLE answers (
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (route, key)
) STRICT;
CREATE INDEX answers_by_age ON answers (at);
