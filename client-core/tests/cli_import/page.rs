//! The commands of `docs/import.md`, pasted line by line into a shell, as a reader would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{PASSPHRASE, home};

#[test]
fn the_lines_of_the_page_work_in_their_order() {
    let page = fs::read_to_string(root().join("docs/import.md")).unwrap();
    let (_, after) = page.split_once("```sh\n").unwrap();
    let (script, _) = after.split_once("```").unwrap();
    assert!(script.lines().count() > 15, "{script}");

    let (home, checkout) = (home(2), tempfile::tempdir().unwrap());
    // A checkout of its own, because the page writes files beside the fixtures.
    let folders = ["maps", "tests/fixtures/salon", "tests/fixtures/forgiving"];
    for folder in folders.map(|folder| format!("conflict-tests/{folder}")) {
        fs::create_dir_all(checkout.path().join(&folder)).unwrap();
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), checkout.path().join(&folder).join(entry.file_name())).unwrap();
        }
    }
    let program = Path::new(env!("CARGO_BIN_EXE_veloria")).parent().unwrap();
    let done = Command::new("sh")
        .args(["-e", "-c", script])
        .current_dir(checkout.path())
        .env("PATH", format!("{}:{}", program.display(), std::env::var("PATH").unwrap()))
        .env("VELORIA_HOME", home.path())
        .env("VELORIA_PASSPHRASE", PASSPHRASE)
        .env("LANG", "ru_RU.UTF-8")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let told = text(&done.stdout);
    assert!(done.status.success(), "{told}\n{}", text(&done.stderr));
    let folder = checkout.path().join("conflict-tests/tests/fixtures");
    for file in ["people.toml", "veloria.json", "tables/clients.csv", "clients.vcf", "appointments.ics"] {
        assert!(folder.join(file).exists(), "{file}");
    }
    assert!(told.contains("ничего не записано") && told.contains("удалено"), "{told}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
