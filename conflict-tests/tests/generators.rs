//! The API description in the hands of generators: a typed TypeScript client is made from it, compiled in the strictest way,
//! and used against a server. Needs Node, and npm's registry or cache for the first time.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sync_server::testing::{PASSWORD, TestServer};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("typescript")
}

/// Runs a program in the folder of the client and gives what it printed.
fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder()).envs(environment.iter().copied());
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}\n{told}\n{failed}");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typescript_client_is_generated_compiled_and_used() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let token = json!({ "email": anna.email, "password": PASSWORD, "name": "TypeScript" });
    let token = server.anonymous().post("/auth/token", token).await.expect(201);
    let (url, token) = (server.url().to_owned(), token["token"].as_str().expect("a token").to_owned());
    let told = tokio::task::spawn_blocking(move || {
        run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], &[]);
        run("npm", &["run", "--silent", "generate"], &[]);
        run("npx", &["--no-install", "tsc"], &[]);
        run("node", &["built/client.js"], &[("SERVER", &url), ("TOKEN", &token)])
    });
    assert_eq!(told.await.expect("it ends").trim(), "[ true ] 2500 invalid_email");
}
