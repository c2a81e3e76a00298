-- Version 4: pictures that were taken here and wait to be sent, whole and in pieces of the size in which they go; and the small
-- sizes of pictures, of these and of those that were looked at.
CREATE TABLE pictures (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    length INTEGER NOT NULL,
    type TEXT NOT NULL,
    client BLOB,
    appointment BLOB,
    upload BLOB,
    refused TEXT
) WITHOUT ROWID;
CREATE TABLE picture_pieces (
    picture BLOB NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (picture, start)
);
CREATE TABLE picture_thumbnails (
    picture BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
);
