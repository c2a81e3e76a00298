//! `status`, `verify`.

use clap::Args;
use client_core::App;
use client_core::app::notices;
use domain::errors::ErrorCode;
use domain::lang::{self, Lang};

use crate::failed::{Exit, Failed};
use crate::output::Output;
use crate::{Session, intents, proof, words};

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Hold what is here against what is on the server: how much there is, and whether it is the same.
    #[arg(long)]
    proof: bool,
}

impl Status {
    pub(crate) fn run(self, session: &Session, lang: Lang) -> Result<Output, Failed> {
        let app = session.open()?;
        if self.proof { proof::proof(&app, lang) } else { status(&app, lang) }
    }
}

fn status(app: &App, lang: Lang) -> Result<Output, Failed> {
    let status = app.status()?;
    let word = |ru, en| if lang == Lang::Ru { ru } else { en };
    let mut lines = vec![
        format!("{}: {}", word("Сервер", "Server"), status.server.as_deref().unwrap_or("-")),
        format!("{}: {}", word("Не отправлено", "Not sent"), status.pending),
        format!("{}: {}", word("Фотографий ждёт отправки", "Pictures that wait"), status.pictures_waiting),
        format!(
            "{}: {}",
            word("Последняя связь", "Last contact"),
            status.last_contact.as_deref().unwrap_or("-")
        ),
    ];
    if status.disconnected {
        lines.push(lang::fill(lang, "status.disconnected", &[("count", &status.pending.to_string())]));
    }
    lines.extend(status.others.map(|others| {
        let key = if others.up_to_date { "status.others" } else { "status.others_behind" };
        lang::fill(lang, key, &[("count", &others.devices.to_string())])
    }));
    if status.suspended {
        lines.push(lang::error_message(lang, ErrorCode::TenantSuspended).to_owned());
    }
    lines.extend(status.plan.as_ref().map(|standing| {
        let until = standing.believed_until.filter(|_| standing.plan == standing.told);
        match until {
            Some(until) => format!(
                "{}: {} ({} {until})",
                word("Тариф", "Plan"),
                standing.plan,
                word("без сети до", "offline until")
            ),
            None if standing.plan == standing.told => format!("{}: {}", word("Тариф", "Plan"), standing.plan),
            None => format!(
                "{}: {} ({})",
                word("Тариф", "Plan"),
                standing.plan,
                word("подтверждение истекло, синхронизируйтесь", "not confirmed any more, please sync")
            ),
        }
    }));
    lines
        .extend(status.records.iter().map(|(state, count)| format!("{}: {count}", words::word(state, lang))));
    lines.extend(
        status
            .not_on_server
            .iter()
            .map(|r| format!("  {}: {} {}", words::word(r.state, lang), words::word(&r.kind, lang), r.id)),
    );
    lines.extend(
        status
            .intents
            .iter()
            .map(|i| format!("  {}: {} {}", words::word(&i.action, lang), intents::words(i, lang), i.id)),
    );
    lines.extend(status.quarantine.iter().map(|q| format!("  ! {} {} {}", q.reason, q.collection, q.id)));
    lines.extend(status.notices.iter().map(|notice| format!("! {}", notices::text(notice, lang))));
    Ok(Output::one(&status)?.with_line(lines.join("\n")))
}

pub(crate) fn verify(app: &mut App) -> Result<Output, Failed> {
    let verified = app.verify()?;
    let line = format!("{} unopened, {} different", verified.unopened, verified.different);
    let is_sound = verified.unopened == 0 && verified.different == 0;
    let output = Output::one(&verified)?.with_line(line);
    Ok(if is_sound { output } else { output.with_exit(Exit::Different) })
}
