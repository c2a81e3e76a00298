//! Says when to build again (`sqlx::migrate!` takes the migrations in, and cargo does not see a new file there), and lists the
//! files of the front end, so that they become part of the program. Not built yet, the list is empty and the program says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=sqlx.toml");
    // The folder is there in every clone, empty.
    println!("cargo:rerun-if-changed=../desktop/ui/dist");
    list_front_end()
}

fn list_front_end() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = home.join("../desktop/ui/dist");
    let mut found = Vec::new();
    if dist.join("index.html").exists() {
        walk(&dist, &mut found)?;
    }
    found.sort();
    let mut list = String::from("&[\n");
    for file in found {
        let name = file.strip_prefix(&dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        // Writing to a text cannot fail.
        let _ =
            writeln!(list, "    ({:?}, include_bytes!({:?})),", format!("/{name}"), file.to_string_lossy());
    }
    list += "]\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("front_end.rs"), list)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            walk(&path, found)?;
        } else if !is_hidden {
            found.push(path);
        }
    }
    Ok(())
}
