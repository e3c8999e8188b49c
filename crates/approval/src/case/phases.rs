//! Where a case must rest for what a desk wants to do.

use super::{Case, Phase};
use crate::command::Command;
use crate::refusal::Refusal;
use crate::stage::Stage;

impl Case {
    /// Whether the case rests where a desk's act needs it: what its event would need, and what a desk can't do
    /// once the case is broken off or handed over, although the record could hold it.
    ///
    /// # Errors
    /// Both ends of the transition.
    pub(crate) fn check_phase(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Accept
            | Command::Complete {
                stage: Stage::Acceptance,
                ..
            } => self.need_phase(Phase::Received),
            Command::Correct { .. }
            | Command::RefuseAcceptance { .. }
            | Command::NotNeeded { .. } => self.need_before_acceptance(),
            Command::Supply => self.need_open_correction(),
            Command::Complete { stage, .. } => self.need_phase(Phase::InStage(*stage)),
            Command::SendBack { .. } => {
                self.need_in_stage()?;
                match self.delivered_at {
                    Some(_) => Err(Refusal::AlreadyDone { what: "送达" }),
                    None => Ok(()),
                }
            }
            Command::Stop { .. } | Command::Extend { .. } => self.need_in_stage().map(|_| ()),
            Command::AskPartner { .. } => self.need_phase(Phase::InStage(Stage::Handling)),
            Command::AnswerPartner { .. } => self.need_open_for(Stage::Handling.as_str()),
            Command::Resume { .. } | Command::Close { .. } | Command::ReportEnd { .. } => {
                self.need_open_for("open")
            }
            Command::Deliver if self.phase.as_str() == "closed" => Err(Refusal::WrongStage {
                needed: "completed",
                found: self.phase.found(),
            }),
            _ => Ok(()),
        }
    }

    /// Refuses an act on a case that is over, naming where it would have to be.
    fn need_open_for(&self, needed: &'static str) -> Result<(), Refusal> {
        self.need_open().map_err(|_| Refusal::WrongStage {
            needed,
            found: self.phase.found(),
        })
    }
}
