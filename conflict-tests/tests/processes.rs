//! Runs with the real programs, which are killed and cut off at random: five in every run of the tests, more with
//! `cargo xtask soak --processes N`.

use std::path::{Path, PathBuf};
use std::process::Command;

use conflict_tests::processes;
use secrecy::ExposeSecret as _;
use sync_server::testing::TestDatabase;

/// Where the programs are: built already by whoever runs all tests, or else built now.
fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("VELORIA_PROGRAMS") {
        return folder.into();
    }
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "-p", "sync-server", "-p", "client-core"]);
    build.args(["--bin", "sync-server", "--bin", "veloria"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(build.status().expect("cargo runs").success(), "the programs build");
    let tests = std::env::current_exe().expect("the test has a path");
    tests.ancestors().nth(2).map(Path::to_owned).expect("tests lie in deps, beside the programs")
}

async fn run(seed: u64) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let programs = tokio::task::spawn_blocking(programs).await.expect("it ends");
    let database = TestDatabase::create().await;
    println!("seed {seed}");
    match processes::run(&programs, database.url().expose_secret(), seed).await {
        Ok(report) => println!("{report:?}"),
        Err(broken) => panic!("seed {seed}: {broken}"),
    }
}

macro_rules! runs {
    ($($name:ident $seed:literal)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            run($seed).await;
        }
    )*};
}

runs! {
    killed_programs_lose_and_double_nothing_1 1
    killed_programs_lose_and_double_nothing_2 2
    killed_programs_lose_and_double_nothing_3 3
    killed_programs_lose_and_double_nothing_4 4
    killed_programs_lose_and_double_nothing_5 5
}
