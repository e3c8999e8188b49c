//! The jobs of the schedule: when each is due next, and how its last runs went.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use engine::accounts::AccountRole;
use engine::schedule::{PlannedJob, WorkingDay};
use store::codec::instant;
use store::job::JobRunRow;

use super::only;
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Runs that are shown of each job: two weeks of mornings.
const RUNS_MAX: i64 = 10;

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/admin/jobs", get(page))
}

struct Job {
    name: String,
    cron: String,
    /// On which days alone it runs.
    days: String,
    next: String,
    runs: Vec<Run>,
}

struct Run {
    scheduled: String,
    finished: String,
    outcome: String,
    /// Whether somebody should look.
    bad: bool,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct JobsPage {
    f: Frame,
    t: Texts,
    jobs: Vec<Job>,
}

async fn page(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let planned = match &site.scheduler {
        Some(scheduler) => scheduler.planned(RUNS_MAX).await?,
        None => Vec::new(),
    };
    draw(&JobsPage {
        f: Frame::of(&site, &visitor, t.say("jobs.title")),
        t,
        jobs: planned.iter().map(|job| shown_job(&visitor, job)).collect(),
    })
}

fn shown_job(visitor: &Visitor, job: &PlannedJob) -> Job {
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let brief = |at| shown::brief(t.language(), calendar, at, visitor.now);
    let days = match job.on {
        Some(WorkingDay { number: 1, of }) => t.word("job.first_of", of.as_str()).to_owned(),
        Some(WorkingDay { number, of }) => t.one(&format!("job.nth_of.{}", of.as_str()), number),
        None if job.working_days_only => t.say("jobs.working_days").to_owned(),
        None => String::new(),
    };
    Job {
        name: t.word("job", &job.name).to_owned(),
        cron: job.cron.clone(),
        days,
        next: job.next_at.map_or_else(String::new, brief),
        runs: job.runs.iter().map(|run| shown_run(visitor, run)).collect(),
    }
}

fn shown_run(visitor: &Visitor, run: &JobRunRow) -> Run {
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let brief = |us| shown::brief(t.language(), calendar, instant(us), visitor.now);
    // A run that failed for now has an error and no end.
    let state = match (run.outcome.as_deref(), &run.error) {
        (Some(outcome), _) => outcome,
        (None, Some(_)) => "postponed",
        (None, None) => "running",
    };
    Run {
        scheduled: brief(run.scheduled_at_us),
        finished: run.finished_at_us.map_or_else(String::new, brief),
        outcome: t.word("run", state).to_owned(),
        bad: matches!(state, "failed" | "postponed"),
        error: run.error.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use engine::schedule::{CatchUp, JobAction, JobSpec, Scheduler};

    use crate::testing::Trial;

    #[tokio::test]
    async fn jobs_show_their_runs_to_the_system_administrator_alone() {
        let mut trial = Trial::new().await;
        let spec = JobSpec {
            name: "verify".to_owned(),
            cron: "0 0 3 * * *".to_owned(),
            working_days_only: false,
            on: None,
            catch_up: CatchUp::Latest,
            action: JobAction::Verify,
        };
        let scheduler = Scheduler::new(trial.engine.clone(), None, vec![spec]).unwrap();
        scheduler.run_due_jobs().await.unwrap();
        trial.go_to("2011-09-27T10:00:00+08:00");
        scheduler.run_due_jobs().await.unwrap();
        trial.site = trial.site.clone().with_operations(scheduler, None);
        let (status, _, body) = trial.get_as("system", "/admin/jobs").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("核对全部记录"), "{body}");
        assert!(body.contains("9月27日 03:00"), "the run: {body}");
        assert!(body.contains("9月28日 03:00"), "the next one: {body}");
        for who in ["security", "audit", "inspector", "head"] {
            let (status, ..) = trial.get_as(who, "/admin/jobs").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
    }
}
