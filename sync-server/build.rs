//! Says when to build again: `sqlx::migrate!` takes the migrations in, and cargo does not see a new file there.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=sqlx.toml");
}
