//! `status --proof`: the receipt that nothing is lost, in words.

use client_core::App;
use client_core::app::{Proof, ProvenPart, Verdict};
use client_core::driver::http::Http;
use client_core::driver::{RemoteError, proof as held_against};
use domain::lang::{self, Lang};
use serde::Serialize;

use crate::account::signed_in;
use crate::failed::{Exit, Failed};
use crate::output::Output;
use crate::sync::block_on;

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    proof: &'a Proof,
    words: &'a str,
}

pub(crate) fn proof(app: &App, lang: Lang) -> Result<Output, Failed> {
    let (server, token) = signed_in(app)?;
    let http = Http::new(&server, token).map_err(RemoteError::from)?;
    let proof = block_on(held_against::proof(app, &http))??;
    let words = words(&proof, lang);
    let output = Output::one(&Shown { proof: &proof, words: &words })?.with_line(words.as_str());
    Ok(match proof.verdict {
        Verdict::Safe | Verdict::Waiting | Verdict::Behind => output,
        Verdict::Different => output.with_exit(Exit::Different),
        Verdict::Unreachable => output.with_exit(Exit::Offline),
        Verdict::Disconnected => output.with_exit(Exit::Unauthorized),
    })
}

fn words(proof: &Proof, lang: Lang) -> String {
    let verdict = match proof.verdict {
        Verdict::Safe => "proof.safe",
        Verdict::Waiting => "proof.waiting",
        Verdict::Behind => "proof.behind",
        Verdict::Different => "proof.different",
        Verdict::Unreachable => "proof.unreachable",
        Verdict::Disconnected => "proof.disconnected",
    };
    let mut lines = vec![lang::text(lang, verdict).to_owned()];
    lines.extend(proof.parts.iter().map(|part| line(part, lang)));
    for (key, count) in [
        ("proof.unsent_changes", proof.unsent_changes),
        ("proof.unsent_intents", proof.unsent_intents),
        ("proof.waiting_pictures", proof.waiting_pictures as u64),
        ("proof.put_aside", proof.put_aside as u64),
    ] {
        if count > 0 {
            lines.push(lang::fill(lang, key, &[("count", &count.to_string())]));
        }
    }
    lines.extend(proof.why.as_ref().map(|why| lang::fill(lang, "proof.why", &[("why", why)])));
    lines.join("\n")
}

fn line(part: &ProvenPart, lang: Lang) -> String {
    let name = match part.part {
        "clients" => "proof.part.clients",
        "appointments" => "proof.part.appointments",
        "notes" => "proof.part.notes",
        _ => "proof.part.records",
    };
    let there = part.there.map_or_else(|| "?".to_owned(), |count| count.to_string());
    let verdict = match part.equal {
        Some(true) => "proof.equal",
        Some(false) => "proof.not_equal",
        None => "proof.not_known",
    };
    let values = [
        ("what", lang::text(lang, name)),
        ("here", &part.here.to_string()),
        ("there", &there),
        ("verdict", lang::text(lang, verdict)),
    ];
    lang::fill(lang, "proof.line", &values)
}
