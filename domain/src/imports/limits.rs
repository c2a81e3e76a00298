//! How large a file may be. Said in `docs/import.md`; kept before anything is written.
//!
//! Part of the import room. Pure data.

/// The largest file: 32 MiB.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// The most rows of one file. Of more, make two files: what is there already is left alone.
pub const MAX_ROWS: usize = 50_000;

/// What a spreadsheet may unpack to: 64 MiB. One of 50,000 rows and 20 columns has about 60.
pub const MAX_UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

/// The most columns of a table.
pub const MAX_COLUMNS: usize = 256;

/// The most letters that the cells of one spreadsheet may have together: 128 MiB. One long text may be named by many
/// cells, so this is not bounded by what the file unpacks to.
pub(super) const MAX_TEXT_BYTES: usize = 128 * 1024 * 1024;

/// The most cells of one file, empty ones too: 50,000 rows of 80 columns.
pub(super) const MAX_CELLS: usize = 4_000_000;
