-- Version 5: the number in the log below which a document's newest change stands that other devices may not have read yet.
CREATE TABLE spreading (
    doc BLOB PRIMARY KEY,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
