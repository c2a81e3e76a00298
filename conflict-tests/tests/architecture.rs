//! The architecture test: who may know whom, and where things may stand, as data. It reads manifests and sources and
//! runs nothing of the product; every rule is also shown a bad sample, so that it is known to be able to fail.

#[path = "architecture/crates.rs"]
mod crates;
#[path = "architecture/migrations.rs"]
mod migrations;
#[path = "architecture/places.rs"]
mod places;
#[path = "architecture/slices.rs"]
mod slices;
#[path = "architecture/sources.rs"]
mod sources;
#[path = "architecture/texts.rs"]
mod texts;

use sources::Source;

fn assert_kept(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

fn each(rule: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources::rust().iter().flat_map(rule).collect()
}

#[test]
fn crates_use_only_what_they_may() {
    let crates = crates::workspace();
    assert!(crates.len() >= 5, "cargo metadata names the workspace's crates");
    assert_kept("who may depend on whom (STYLE 1)", &crates::broken(&crates));
}

#[test]
fn every_module_says_what_room_it_is() {
    assert_kept("a module opens with //! (STYLE 8)", &each(texts::opens_with_words));
}

#[test]
fn sql_stands_in_stores_only() {
    assert_kept("SQL in store files only (STYLE 7)", &each(places::sql_outside_a_store));
}

#[test]
fn no_slice_reaches_into_the_store_of_another() {
    assert_kept("a slice calls another through its front door (STYLE 2)", &each(places::foreign_store));
}

#[test]
fn time_and_chance_have_one_home() {
    assert_kept("clocks, ids and zones are arguments (STYLE 6)", &each(places::time_or_chance));
}

#[test]
fn the_domain_does_no_io_and_a_device_listens_on_no_port() {
    assert_kept("rooms without sockets and files (STYLE 1)", &each(places::forbidden_io));
}

#[test]
fn migrations_expand_and_say_so_when_they_contract() {
    let broken: Vec<String> = sources::committed_texts().iter().flat_map(migrations::contracts).collect();
    assert_kept("the version before survives a migration (docs/operations.md)", &broken);
}

#[test]
fn files_stay_small_enough_to_read() {
    let files = sources::rust();
    for warning in texts::long(&files) {
        println!("warning: {warning}");
    }
    assert_kept("a file has under 500 lines without its tests (STYLE 8)", &texts::too_long(&files));
}

#[test]
fn nothing_is_left_for_later_and_no_machine_is_named() {
    let texts = sources::committed_texts();
    let broken: Vec<String> = texts.iter().flat_map(texts::left_for_later).collect();
    assert_kept("no reminders in committed text", &broken);
    let broken: Vec<String> = texts.iter().flat_map(texts::names_a_machine).collect();
    assert_kept("no path of one machine in committed text", &broken);
}

#[test]
fn slices_are_named_alike_everywhere() {
    assert_kept("one search shows a feature whole (STYLE 2)", &slices::strangers(&sources::rust()));
}
