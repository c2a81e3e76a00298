//! Reads `tauri.conf.json` and the capabilities, and makes a program with the icon out of them.

fn main() {
    tauri_build::build();
}
