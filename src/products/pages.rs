//! The pages of the tables: what is licensed, who needs a license and which license serves which session host.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::store::{self, Numbered, OsFamily};
use super::tables::{RowForm, Table};
use crate::change;
use crate::check::Problems;
use crate::history;
use crate::history::line::Subject;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::{Error, Outcome};
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;
use crate::web::timeline::{self, Day};

/// A system, and whether its clients need a license on each kind of session host.
struct System {
    family: OsFamily,
    needs: Vec<Numbered>,
}

/// One session host's version, and which licenses serve it.
struct Host {
    version: String,
    cals: Vec<Option<Numbered>>,
}

#[derive(Template)]
#[template(path = "products/show.html")]
struct Show {
    shell: Shell,
    versions: Vec<Numbered>,
    systems: Vec<System>,
    hosts: Vec<Host>,
}

/// The tables, each row with its source.
pub async fn show(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    let versions = store::rows(&app.db, Table::Versions).await?;
    let (needs, serves) = (store::rows(&app.db, Table::Needs).await?, store::rows(&app.db, Table::Serves).await?);
    let of = |family: &OsFamily| -> Vec<Numbered> {
        needs.iter().filter(|one| one.row_key == family.id.to_string()).cloned().collect()
    };
    let systems = store::os_families(&app.db).await?.into_iter();
    let cell = |host: &str, cal: &str| serves.iter().find(|one| one.row_key == host && one.column_key == cal).cloned();
    let host = |host: &Numbered| Host {
        version: host.row_key.clone(),
        cals: versions.iter().map(|cal| cell(&host.row_key, &cal.row_key)).collect(),
    };
    page::show(&Show {
        shell: auditor.0.shell,
        systems: systems.map(|family| System { needs: of(&family), family }).collect(),
        hosts: versions.iter().map(host).collect(),
        versions,
    })
}

#[derive(Template)]
#[template(path = "products/form.html")]
struct FormPage {
    shell: Shell,
    table: Table,
    /// The row that is corrected; nothing: a new one.
    id: Option<i64>,
    /// What the row is about.
    title: String,
    /// Whether it is a system that is offered no longer.
    retired: bool,
    form: RowForm,
    problems: Problems,
    answers: Vec<Choice>,
    meanwhile: Meanwhile,
    days: Vec<Day>,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        (table, id): (Table, Option<i64>),
        (mut form, problems): (RowForm, Problems),
    ) -> Outcome<FormPage> {
        let (mut title, mut retired) = (String::new(), false);
        let (mut before, mut days) = (Meanwhile::default(), Vec::new());
        if let Some(id) = id {
            title = store::find(&app.db, table, id).await?.name;
            let subject = Subject(table.subject(), id);
            before = meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?;
            let (lines, _) = history::store::latest(&app.db, table.subject(), id, 20).await?;
            days = timeline::of_lines(&app.db, &shell, lines, Some((table.subject(), id))).await?;
            if table == Table::Systems {
                let families = store::os_families(&app.db).await?;
                retired = families.iter().any(|family| family.id == id && family.retired_at.is_some());
            }
        }
        let answers = table.answers().iter().map(|(name, words)| Choice::new(name, words, &form.answer));
        Ok(FormPage {
            answers: answers.collect(),
            shell,
            table,
            id,
            title,
            retired,
            form,
            problems,
            meanwhile: before,
            days,
        })
    }

    fn is_version(&self) -> bool {
        self.table == Table::Versions
    }

    fn is_system(&self) -> bool {
        self.table == Table::Systems
    }

    /// Where the form is sent.
    fn action(&self) -> String {
        let path = self.table.path();
        self.id.map_or_else(|| format!("/products/{path}"), |id| format!("/products/{path}/{id}"))
    }
}

fn parse(table: &str) -> Outcome<Table> {
    Table::parse(table).ok_or(Error::NotFound)
}

fn growing(table: &str) -> Outcome<Table> {
    parse(table).ok().filter(|table| table.grows()).ok_or(Error::NotFound)
}

/// The form of a new version or system.
pub async fn new(State(app): State<App>, admin: Admin, Path(table): Path<String>) -> Outcome<Response> {
    let table = growing(&table)?;
    page::show(&FormPage::of(&app, admin.0.shell, (table, None), (RowForm::default(), Problems::none())).await?)
}

/// Adds a version or a system.
pub async fn create(
    State(app): State<App>,
    admin: Admin,
    Path(table): Path<String>,
    Form(form): Form<RowForm>,
) -> Outcome<Response> {
    let table = growing(&table)?;
    let added = match form.check(table) {
        Ok(row) => change!(app.db, &admin.name, app.now(), tx, { store::add(tx, table, &row).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(_) => Ok(go("/products", &format!("{} is in the table.", form.name.trim()))),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, (table, None), (form, problems(error)?)).await?),
    }
}

/// The form that corrects a row, and its history.
pub async fn edit(State(app): State<App>, admin: Admin, Path((table, id)): Path<(String, i64)>) -> Outcome<Response> {
    let table = parse(&table)?;
    let newest = history::store::newest(&app.db, Subject(table.subject(), id)).await?;
    let form = RowForm::of(store::find(&app.db, table, id).await?, newest);
    page::show(&FormPage::of(&app, admin.0.shell, (table, Some(id)), (form, Problems::none())).await?)
}

/// Corrects a row.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path((table, id)): Path<(String, i64)>,
    Form(form): Form<RowForm>,
) -> Outcome<Response> {
    let table = parse(&table)?;
    store::find(&app.db, table, id).await?;
    let changed = match form.check_correction(table, app.now()) {
        Ok((row, why)) => change!(app.db, &admin.name, app.now(), tx, {
            store::correct(tx, table, id, &row, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go("/products", "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, (table, Some(id)), (form, problems(error)?)).await?),
    }
}

/// Offers a system no longer, or again.
pub async fn retire(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let mut form = RowForm::of(store::find(&app.db, Table::Systems, id).await?, 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The system is offered again." } else { "The system is offered no longer." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &admin.name, app.now(), tx, {
            store::retire_system(tx, id, back, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go("/products", says)),
        Err(error) => {
            let place = (Table::Systems, Some(id));
            refused(&FormPage::of(&app, admin.0.shell, place, (form, problems(error)?)).await?)
        }
    }
}
