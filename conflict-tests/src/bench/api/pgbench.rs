//! The SQL that a route runs, run by pgbench: same statements in the same transactions, same role, same tenants.
//!
//! Prepared statements, eight lines. What a handler decides from a result is not in it, so it is a floor.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::Outcome;
use super::super::figure::quantile;
use super::super::host::Host;
use super::routes::Route;
use super::tenants::Tenants;

/// One script for each tenant; pgbench picks one for each transaction.
#[derive(Debug)]
pub(super) struct Script {
    folder: PathBuf,
    files: Vec<PathBuf>,
}

/// pgbench takes this many scripts at most.
const MOST_FILES: usize = 128;

impl Script {
    pub(super) fn of(route: Route, tenants: &Tenants, folder: &Path) -> Outcome<Self> {
        let folder = folder.join(format!("pgbench-{route:?}"));
        fs::create_dir_all(&folder)?;
        let mut files = Vec::new();
        for (i, tenant) in tenants.all.iter().take(MOST_FILES).enumerate() {
            let id = tenant.id;
            let client = tenant.clients[(i * 31) % tenant.clients.len()];
            let asked = match route {
                Route::ListClients => format!(
                    "SELECT id, name_folded, row FROM clients WHERE tenant_id = '{id}' AND NOT deleted \
                     ORDER BY name_folded, id LIMIT 51;\n{}",
                    last_visits(&id.to_string(), &ids(&tenant.clients[..tenant.clients.len().min(51)]))
                ),
                _ => format!(
                    "SELECT id, collection, form, bytes, checksum, heads, seq FROM documents \
                     WHERE tenant_id = '{id}' AND id = ANY ({0}::uuid[]);\n\
                     SELECT id, row FROM clients WHERE tenant_id = '{id}' AND id = ANY ({0}::uuid[]) \
                     UNION ALL SELECT id, row FROM appointments WHERE tenant_id = '{id}' AND id = ANY ({0}::uuid[]) \
                     UNION ALL SELECT id, row FROM notes WHERE tenant_id = '{id}' AND id = ANY ({0}::uuid[]);\n{1}",
                    ids(&[client]),
                    last_visits(&id.to_string(), &ids(&[client]))
                ),
            };
            let enter = format!("BEGIN;\nSELECT set_config('app.tenant_id', '{id}', true);");
            let text = format!(
                "{enter}\nSELECT t.*, d.revoked_at FROM tokens t LEFT JOIN devices d ON d.tenant_id = t.tenant_id \
                 AND d.id = t.device_id WHERE t.tenant_id = '{id}' AND t.hash = '\\x{}';\nCOMMIT;\n\
                 {enter}\n{asked}\nCOMMIT;\n",
                "00".repeat(32)
            );
            let file = folder.join(format!("{i}.sql"));
            fs::write(&file, text)?;
            files.push(file);
        }
        Ok(Self { folder, files })
    }

    /// The p95 in milliseconds, from when a transaction was due.
    pub(super) fn at_rate(&self, host: &Host, rate: u32, seconds: u32) -> Outcome<f64> {
        for old in fs::read_dir(&self.folder)?.flatten() {
            if old.file_name().to_string_lossy().starts_with("log") {
                fs::remove_file(old.path())?;
            }
        }
        self.run(host, seconds, &["-R", &rate.to_string(), "-l", "--log-prefix", "log"])?;
        let mut times = Vec::new();
        for log in fs::read_dir(&self.folder)?.flatten() {
            if log.file_name().to_string_lossy().starts_with("log") {
                for line in fs::read_to_string(log.path())?.lines() {
                    // client, transaction, microseconds, script, seconds, microseconds, lag; the time holds the lag.
                    let word = line.split(' ').nth(2).ok_or("a short line in pgbench's log")?;
                    times.push(word.parse::<f64>()? / 1e3);
                }
            }
        }
        Ok(quantile(&times, 0.95))
    }

    /// Transactions a second.
    pub(super) fn flat_out(&self, host: &Host, lines: usize, seconds: u32) -> Outcome<f64> {
        let said = self.run(host, seconds, &["-c", &lines.to_string()])?;
        let line = said.lines().find(|line| line.starts_with("tps = ")).ok_or("pgbench says no rate")?;
        Ok(line.split(' ').nth(2).ok_or("pgbench says no rate")?.parse()?)
    }

    fn run(&self, host: &Host, seconds: u32, more: &[&str]) -> Outcome<String> {
        let mut pgbench = Command::new(host.postgres_programs.join("pgbench"));
        pgbench.current_dir(&self.folder).args([
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-T",
            &seconds.to_string(),
        ]);
        if !more.contains(&"-c") {
            pgbench.args(["-c", "8"]);
        }
        pgbench.args(more);
        for file in &self.files {
            pgbench.arg("-f").arg(file);
        }
        // The role of the server's own connections, so that the same policies hold.
        pgbench.arg(host.database_url()).env("PGOPTIONS", "-c role=veloria_app");
        let output = pgbench.output().map_err(|error| format!("pgbench: {error}"))?;
        if !output.status.success() {
            return Err(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn ids(ids: &[uuid::Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("'{{{}}}'", ids.join(","))
}

fn last_visits(tenant: &str, clients: &str) -> String {
    format!(
        "SELECT DISTINCT ON (client_id) client_id, row FROM appointments WHERE tenant_id = '{tenant}' \
         AND client_id = ANY ({clients}::uuid[]) AND status = 'completed' AND NOT deleted AND starts_at IS NOT NULL \
         ORDER BY client_id, starts_at DESC, id DESC;"
    )
}
