//! Requests that nobody thought of: schemathesis reads the API description, makes up good and bad requests from it, and holds
//! every answer against what is described. No crash, no answer that is not declared, no nonsense that is accepted.
//!
//! Needs Python 3.10 or newer with pip; schemathesis itself is fetched once into the folder of build products.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sync_server::testing::{PASSWORD, TestServer};

const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Requests begin the same way for each of these.
const SEEDS: [u32; 3] = [1, 2, 3];
/// How many requests are made up for each operation and seed, unless `VELORIA_GENERATED_REQUESTS` says otherwise.
const REQUESTS: &str = "8";

/// To the ways of saying no that it knows comes 413: a body may break a schema and be too large as well.
const CONFIG: &str = r#"
[checks]
negative_data_rejection.expected-statuses = [
    "400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx",
]
"#;

/// The folder with schemathesis in it.
fn schemathesis() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(SCHEMATHESIS);
    if !folder.exists() {
        // Beside its place and then moved there, so that a run that was stopped leaves no half of it.
        let half = folder.with_extension(format!("half-{}", std::process::id()));
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(&half);
        let output = pip.arg(SCHEMATHESIS).output().expect("python3 runs");
        assert!(output.status.success(), "pip: {}", String::from_utf8_lossy(&output.stderr));
        fs::rename(&half, &folder).expect("nobody else installs at the same time");
    }
    folder
}

/// Runs it against a server, from a seed; gives what it says if it found something.
fn explore(library: &Path, url: &str, token: &str, seed: u32) -> Result<(), String> {
    let scratch = tempfile::tempdir().expect("a folder");
    let requests = std::env::var("VELORIA_GENERATED_REQUESTS").unwrap_or_else(|_| REQUESTS.to_owned());
    fs::write(scratch.path().join("schemathesis.toml"), CONFIG).expect("the folder takes it");
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", library).current_dir(scratch.path());
    python.args(["-m", "schemathesis.cli", "run"]).arg(format!("{url}/api/v1/openapi.json"));
    python.args(["-H", &format!("Authorization: Bearer {token}")]);
    // Our rules are finer than a schema can say, so what fits the schema may still be refused.
    python.args(["--exclude-checks", "positive_data_acceptance", "--continue-on-failure", "--no-color"]);
    // These end the key that all other requests are made with; the tests of `auth` have them.
    for ends in ["logout", "logoutEverywhere", "revokeToken"] {
        python.args(["--exclude-operation-id", ends]);
    }
    python.args(["--seed", &seed.to_string(), "-n", &requests]);
    let output = python.output().expect("python3 runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && told.contains(" generated, ") {
        Ok(())
    } else {
        Err(format!("{told}\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_requests_are_answered_as_described() {
    let library = tokio::task::spawn_blocking(schemathesis).await.expect("it ends");
    for seed in SEEDS {
        let server = TestServer::start().await;
        let anna = server.register("anna").await;
        let token = json!({ "email": anna.email, "password": PASSWORD, "name": "schemathesis" });
        let token = server.anonymous().post("/auth/token", token).await.expect(201);
        let (library, url) = (library.clone(), server.url().to_owned());
        let token = token["token"].as_str().expect("a token").to_owned();
        let explored = tokio::task::spawn_blocking(move || explore(&library, &url, &token, seed));
        if let Err(found) = explored.await.expect("it ends") {
            panic!("from seed {seed}:\n{found}");
        }
    }
}
