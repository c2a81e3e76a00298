//! The file by example: all or nothing, durable, encrypted, and honest about a full disk.

use domain::documents::{Collection, Hash};
use secrecy::SecretString;

use super::*;

fn file(folder: &std::path::Path, key: char) -> Place {
    Place::File(folder.join("veloria.db"), SecretString::from(key.to_string().repeat(64)))
}

fn set(store: &mut Store, value: &str) -> Result<()> {
    store.write(|tx| tx.set_meta("value", &value))
}

fn value(store: &Store) -> Option<String> {
    store.read::<_, StoreError>(|tx| tx.meta("value")).unwrap()
}

#[test]
fn what_was_written_is_there_after_opening_again_and_only_with_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(file(folder.path(), 'a')).unwrap();
    set(&mut store, "kept").unwrap();
    assert!(matches!(Store::open(file(folder.path(), 'b')), Err(StoreError::WrongPassphrase)));
    drop(store);
    let store = Store::open(file(folder.path(), 'a')).unwrap();
    assert_eq!(value(&store).as_deref(), Some("kept"));
    let durable: i64 = store.conn.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
    assert_eq!(durable, 2, "FULL: without it a power cut loses what was confirmed");
}

#[test]
fn a_part_that_fails_takes_only_itself_back() {
    let mut store = Store::in_memory().unwrap();
    store.begin().unwrap();
    set(&mut store, "outer").unwrap();
    let failed: Result<()> = store.write(|tx| {
        tx.set_meta("value", &"inner")?;
        Err(StoreError::NotInMemory)
    });
    assert!(failed.is_err());
    assert_eq!(value(&store).as_deref(), Some("outer"));
    store.rollback();
    assert_eq!(value(&store), None);
}

#[test]
fn a_full_disk_says_so_and_the_store_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(file(folder.path(), 'a')).unwrap();
    set(&mut store, "before").unwrap();
    let pages: i64 = store.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    store.conn.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
    assert!(matches!(set(&mut store, &"x".repeat(100_000)), Err(StoreError::Disk(_))));
    assert_eq!(value(&store).as_deref(), Some("before"), "reading goes on");
    store.conn.execute_batch("PRAGMA max_page_count = 1000000").unwrap();
    set(&mut store, "after").unwrap();
    assert_eq!(value(&store).as_deref(), Some("after"));
}

#[test]
fn a_commit_that_fails_is_not_tried_again_on_the_same_connection() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(file(folder.path(), 'a')).unwrap();
    store.begin().unwrap();
    // Ending it behind the store's back makes its own COMMIT fail.
    store.conn.execute_batch("ROLLBACK").unwrap();
    assert!(store.commit().is_err());
    assert_eq!(store.generation(), 1, "whoever writes takes a new actor");
    set(&mut store, "works").unwrap();
}

#[test]
fn the_kept_sums_are_those_of_what_is_stored() {
    let mut store = Store::in_memory().unwrap();
    let id = uuid::Uuid::from_u128(7);
    let mut document = StoredDocument {
        collection: Collection::Clients,
        form: Form::Snapshot,
        bytes: b"x".to_vec(),
        heads: vec![Hash([1; 32])],
        synced: vec![Hash([1; 32])],
        sound: true,
    };
    store
        .write::<_, StoreError>(|tx| {
            let body = serde_json::json!({ "name": "Стрижка" });
            for _ in 0..2 {
                tx.put_document(id, &document)?;
                tx.put_record("service", id, Some(&body), 1)?;
                assert_eq!(tx.digest()?, tx.recomputed_digest()?);
                document.synced = vec![Hash([2; 32])];
            }
            tx.set_synced(id, &Vec::new())?;
            tx.put_record("service", id, None, 2)?;
            assert_eq!(tx.digest()?, tx.recomputed_digest()?);
            assert!(tx.digest()?.values().all(|sum| *sum == domain::sync::Sum::default()));
            Ok(())
        })
        .unwrap();
}
