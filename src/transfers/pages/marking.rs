//! Marking a seat as transferred, on a page of its license: whether a call is needed, whether it may move, and that it is to.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use crate::change;
use crate::check::Problems;
use crate::ids::LicenseId;
use crate::key_packs;
use crate::licenses::license::License;
use crate::licenses::store as licenses;
use crate::products;
use crate::products::compatibility::serves;
use crate::products::tables::Table;
use crate::transfers::form::TransferForm;
use crate::transfers::may_move::{Verdict, holds_already};
use crate::transfers::store;
use crate::transfers::transfer::REASONS;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "transfers/form.html")]
struct FormPage {
    shell: Shell,
    license: License,
    form: TransferForm,
    problems: Problems,
    reasons: Vec<Choice>,
    /// The answer to *may it move?*, once a destination is named.
    verdict: Option<Verdict>,
    /// The session hosts that the license serves.
    serves: String,
    /// How many licenses of its version and type its server has free.
    free: i64,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        license: LicenseId,
        (form, problems): (TransferForm, Problems),
    ) -> Outcome<FormPage> {
        let license = licenses::find(&app.db, license).await?;
        let serves = serves(&products::store::rows(&app.db, Table::Serves).await?, &license.version);
        let kind = (&*license.version, &*license.license_type);
        let free = key_packs::store::free(&app.db, license.server_id, kind, app.now()).await?;
        let reasons = REASONS.iter().map(|(name, words, _)| (*name, *words));
        Ok(FormPage {
            reasons: Choice::any(reasons, &form.reason, "Choose"),
            shell,
            license,
            form,
            problems,
            verdict: None,
            serves,
            free,
        })
    }

    /// The seat that is to move: `seat S-1042`; a temporary license has none, which the answer then says.
    fn seat(&self) -> String {
        self.license.seat().map_or_else(|| format!("license {}", self.license.id), |seat| format!("seat S-{seat}"))
    }

    /// Whether its server may have the license back without a call, so that it is worth looking at.
    fn may_be_freed(&self) -> bool {
        self.license.license_type == "per_device" && !self.license.is_gone()
    }

    /// Whether the computer was named that holds the license, as where a new one bears the old one's name.
    fn names_its_holder(&self) -> bool {
        let says = holds_already(&self.license.client);
        self.verdict.as_ref().is_some_and(|verdict| verdict.refusals.contains(&says))
            || self.problems.iter().any(|problem| problem.says == says)
    }

    /// Whether an admin is asked for a reason to let it move against the rule.
    fn asks_override(&self) -> bool {
        let ruled = self.verdict.as_ref().is_some_and(|verdict| verdict.against_the_rule.is_some());
        self.shell.is_admin
            && (ruled || self.problems.of_field("override_reason").is_some() || !self.form.override_reason.is_empty())
    }
}

/// The form that moves a license's seat; with a destination in its address, the answer to *may it move?*
pub async fn new(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(license): Path<i64>,
    Query(form): Query<TransferForm>,
) -> Outcome<Response> {
    let license = LicenseId(license);
    let asks = !form.destination.trim().is_empty();
    let mut page = FormPage::of(&app, help_desk.0.shell, license, (form, Problems::none())).await?;
    if asks {
        let answer = match page.form.check_move() {
            Ok(new) => store::may_move(&mut app.db.snapshot().await?, license, &new).await,
            Err(wrong) => Err(wrong.into()),
        };
        match answer {
            Ok(verdict) => page.verdict = Some(verdict),
            Err(error) => page.problems = problems(error)?,
        }
    }
    page::show(&page)
}

/// Queues the move of a license's seat.
pub async fn create(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(license): Path<i64>,
    Form(form): Form<TransferForm>,
) -> Outcome<Response> {
    let (license, role) = (LicenseId(license), help_desk.role);
    licenses::find(&app.db, license).await?;
    let queued = match form.check() {
        Ok(new) => change!(app.db, &help_desk.name, app.now(), tx, { store::queue(tx, license, &new, role).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match queued {
        Ok(id) => Ok(go(&format!("/transfers/{id}"), &format!("T-{id} is queued."))),
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, license, (form, problems(error)?)).await?),
    }
}
