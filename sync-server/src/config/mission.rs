//! Names that the mission's environment block has and that mean something else here, or nothing yet: each is answered at
//! the start, so that nobody believes in a setting that does nothing (docs/adr/0013).

use clap::Args;
use secrecy::SecretString;

use super::secret::SettingError;

/// Names of the mission that are only answered.
#[derive(Debug, Args)]
pub struct MissionConfig {
    /// Where jobs lie: `postgres`, always; `redis`, `database` and `sync` are understood
    #[arg(
        id = "queue_connection",
        long = "queue-connection",
        global = true,
        env = "QUEUE_CONNECTION",
        hide = true
    )]
    queue: Option<String>,
    #[arg(id = "cache_store", long = "cache-store", global = true, env = "CACHE_STORE", hide = true)]
    cache: Option<String>,
    #[arg(
        id = "broadcast_driver",
        long = "broadcast-driver",
        global = true,
        env = "BROADCAST_DRIVER",
        hide = true
    )]
    broadcast: Option<String>,
    #[arg(id = "sms_provider", long = "sms-provider", global = true, env = "SMS_PROVIDER", hide = true)]
    sms_provider: Option<String>,
    #[arg(
        id = "smsaero_api_key",
        long = "smsaero-api-key",
        global = true,
        env = "SMSAERO_API_KEY",
        hide = true,
        hide_env_values = true
    )]
    smsaero_api_key: Option<SecretString>,
    #[arg(id = "smsc_login", long = "smsc-login", global = true, env = "SMSC_LOGIN", hide = true)]
    smsc_login: Option<String>,
    #[arg(
        id = "telegram_bot_token",
        long = "telegram-bot-token",
        global = true,
        env = "TELEGRAM_BOT_TOKEN",
        hide = true,
        hide_env_values = true
    )]
    telegram_bot_token: Option<SecretString>,
    #[arg(
        id = "telegram_webhook_secret",
        long = "telegram-webhook-secret",
        global = true,
        env = "TELEGRAM_WEBHOOK_SECRET",
        hide = true,
        hide_env_values = true
    )]
    telegram_webhook_secret: Option<SecretString>,
    #[arg(
        id = "openai_api_key",
        long = "openai-api-key",
        global = true,
        env = "OPENAI_API_KEY",
        hide = true,
        hide_env_values = true
    )]
    openai_api_key: Option<SecretString>,
}

impl MissionConfig {
    /// Whether nodes tell each other over Redis that there is news, if there is one.
    #[must_use]
    pub fn broadcasts(&self) -> bool {
        self.broadcast.as_deref().is_none_or(|driver| driver == "redis")
    }

    /// What to say at the start, a sentence for each name. An error is a value that nobody can have meant.
    pub fn answers(&self, has_redis: bool) -> Result<Vec<&'static str>, SettingError> {
        let mut answers = Vec::new();
        match self.queue.as_deref() {
            None | Some("postgres" | "pgsql" | "database") => {}
            Some("redis") => answers.push(
                "QUEUE_CONNECTION=redis: jobs lie in Postgres, where they commit with their cause; Redis carries none",
            ),
            Some("sync") => answers.push(
                "QUEUE_CONNECTION=sync: jobs are never done inside of a request; the worker in this process does them at once",
            ),
            Some(_) => {
                return Err(SettingError::Bad {
                    name: "QUEUE_CONNECTION",
                    expected: "postgres, database, redis or sync",
                });
            }
        }
        match self.cache.as_deref() {
            None | Some("array" | "memory") => {}
            Some("redis") if has_redis => {}
            Some("redis") => {
                answers
                    .push("CACHE_STORE=redis: without REDIS_URL each process keeps its own limits in memory");
            }
            Some("database" | "file") => {
                answers.push("CACHE_STORE: limits are kept in Redis if REDIS_URL is set, else in memory; nothing else is cached");
            }
            Some(_) => {
                return Err(SettingError::Bad {
                    name: "CACHE_STORE",
                    expected: "redis, memory, database or file",
                });
            }
        }
        match self.broadcast.as_deref() {
            Some("redis") if !has_redis => answers.push(
                "BROADCAST_DRIVER=redis: without REDIS_URL devices of another node hear of news when they ask, not at once",
            ),
            Some("log" | "null") if has_redis => answers.push(
                "BROADCAST_DRIVER=log or null: nodes tell each other nothing, though REDIS_URL is set; redis lets them",
            ),
            None | Some("redis" | "log" | "null") => {}
            Some(_) => {
                return Err(SettingError::Bad { name: "BROADCAST_DRIVER", expected: "log, redis or null" });
            }
        }
        for (is_set, answer) in [
            (
                self.sms_provider.is_some() || self.smsaero_api_key.is_some() || self.smsc_login.is_some(),
                "SMS_PROVIDER, SMSAERO_*, SMSC_*: this version sends no SMS",
            ),
            (
                self.telegram_bot_token.is_some() || self.telegram_webhook_secret.is_some(),
                "TELEGRAM_*: this version does not speak with Telegram",
            ),
            (self.openai_api_key.is_some(), "OPENAI_API_KEY: this version has no assistant"),
        ] {
            if is_set {
                answers.push(answer);
            }
        }
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::config::Cli;

    fn answers(line: &[&str]) -> Result<usize, String> {
        let line = [&["sync-server"], line].concat();
        let config = Cli::try_parse_from(line).map_err(|error| error.to_string())?.config;
        config.mission.answers(false).map(|answers| answers.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_does_nothing_is_said_and_what_nobody_can_have_meant_is_refused() {
        assert_eq!(answers(&[]), Ok(0));
        assert_eq!(
            answers(&["--queue-connection=postgres", "--cache-store=memory", "--broadcast-driver=log"]),
            Ok(0)
        );
        let block = [
            "--queue-connection=redis",
            "--cache-store=redis",
            "--broadcast-driver=log",
            "--sms-provider=smsc",
            "--telegram-bot-token=x",
            "--openai-api-key=x",
        ];
        assert_eq!(answers(&block), Ok(5));
        assert!(answers(&["--queue-connection=sqs"]).unwrap_err().starts_with("QUEUE_CONNECTION must be"));
        assert_eq!(answers(&["--broadcast-driver=redis"]), Ok(1));
        assert!(answers(&["--broadcast-driver=pusher"]).unwrap_err().starts_with("BROADCAST_DRIVER must be"));
        assert!(answers(&["--cache-store=dynamodb"]).unwrap_err().starts_with("CACHE_STORE must be"));
    }
}
