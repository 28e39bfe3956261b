//! The page on which an import asks what only a person knows: how dates are meant, what columns mean, whose server it is.

use askama::Template;
use axum::response::Response;

use super::import::{Import, ImportFile};
use super::pages::ShowQuery;
use super::reading::{Dates, Field, Inspection, Kind};
use crate::check::Problems;
use crate::companies;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page::{refused, show};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "imports/asking.html")]
pub(super) struct Asking {
    shell: Shell,
    import: Import,
    questions: Vec<Question>,
    companies: Vec<Choice>,
    problems: Problems,
}

/// What is asked about one file.
struct Question {
    file: ImportFile,
    sentence: String,
    /// The ambiguous date, and how it reads either way.
    example: String,
    kinds: Vec<Choice>,
    kind: &'static str,
    header_line: u64,
    headers: Vec<String>,
    sample: Vec<Vec<String>>,
    fields: Vec<MappedField>,
}

/// One field of a mapping's form.
struct MappedField {
    name: String,
    label: &'static str,
    choices: Vec<Choice>,
}

impl Question {
    fn of(file: ImportFile, kind: &str) -> Option<Question> {
        let inspection: Inspection = serde_json::from_str(&file.inspection).ok()?;
        let sentence = sentence(&file.question, &inspection.dates)?;
        let guess = inspection.guess.as_ref();
        let kind = match (kind, guess.map(|guess| guess.kind)) {
            ("key_packs", _) | ("", Some(Kind::KeyPacks)) => Kind::KeyPacks,
            _ => Kind::Licenses,
        };
        let word = if kind == Kind::KeyPacks { "key_packs" } else { "licenses" };
        let fields = Field::of(kind).iter().map(|field| {
            let place = guess.and_then(|guess| guess.columns.get(field)).map_or(String::new(), usize::to_string);
            let columns = inspection.headers.iter().enumerate();
            MappedField { name: field_name(*field), label: field.label(), choices: Choice::any(columns, &place, "—") }
        });
        Some(Question {
            sentence,
            example: match &inspection.dates {
                Dates::Ambiguous { example, .. } => example.clone(),
                _ => String::new(),
            },
            kinds: vec![Choice::new("licenses", "Licenses", word), Choice::new("key_packs", "Key packs", word)],
            kind: word,
            header_line: guess.map_or(inspection.header_line, |guess| guess.header_line),
            fields: fields.collect(),
            headers: inspection.headers,
            sample: inspection.sample,
            file,
        })
    }

    fn is_about_dates(&self) -> bool {
        self.file.question == "dates"
    }
}

/// What is asked about a file, on its page; the command line asks in its own words.
fn sentence(question: &str, dates: &Dates) -> Option<String> {
    Some(match (question, dates) {
        ("columns", _) => "Say what its columns mean. The answer is remembered for files like it.".to_owned(),
        ("dates", Dates::Ambiguous { example, line }) => {
            format!("A date such as {example} (line {line}) can be read in two ways.")
        }
        ("dates", _) => {
            "Its dates contradict each other. Rows that do not fit your answer are shown as errors.".to_owned()
        }
        _ => return None,
    })
}

/// A field as a form writes it: `license_id`.
pub(super) fn field_name(field: Field) -> String {
    serde_json::to_value(field).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Asking {
    pub(super) async fn show(
        app: &App,
        shell: Shell,
        import: Import,
        files: Vec<ImportFile>,
        query: &ShowQuery,
        problems: Problems,
    ) -> Outcome<Response> {
        let questions = files.into_iter().filter_map(|file| Question::of(file, &query.kind)).collect();
        let companies = companies::store::list(&app.db).await?;
        let companies =
            companies.iter().map(|company| Choice::new(&company.name, &company.name, &import.company_name)).collect();
        let refuse = !problems.is_empty();
        let page = Asking { shell, import, questions, companies, problems };
        if refuse { refused(&page) } else { show(&page) }
    }
}
