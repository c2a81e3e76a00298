//! Asks the server what it holds, part by part, and changes nothing on either side.

use domain::sync::CompareAnswer;

use super::Transport;
use crate::app::{App, AppError, Proof};
use crate::sync::{Failure, Reply, Request};

/// The receipt, also when the server does not answer.
pub async fn proof(app: &App, transport: &impl Transport) -> Result<Proof, AppError> {
    let mut answers = Vec::new();
    for ask in app.proof_asks()? {
        match transport.perform(&Request::Compare(ask)).await.and_then(compared) {
            Ok(answer) => answers.push(answer),
            Err(failure) => return app.prove(Err(failure)),
        }
    }
    app.prove(Ok(answers))
}

fn compared(reply: Reply) -> Result<CompareAnswer, Failure> {
    match reply {
        Reply::Compare(answer) => Ok(answer),
        Reply::Sync(_) => Err(Failure::Garbled("an answer to another question".to_owned())),
    }
}
