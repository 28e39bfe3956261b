//! JSON becomes the page's own form: the same fields, the same check, the same sentences. What a browser would send as
//! text is sent as text, a number, true, false or null; what is not sent stays as it stands.

use axum::http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::{AllOf, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::history::correction::CorrectionForm;
use crate::web::error::{Error, Outcome};

/// A page's form that programs may fill in too.
pub trait Form: Serialize + DeserializeOwned + ToSchema {
    /// What can be said only when the thing is new: a correction leaves it as it is.
    const ONLY_NEW: &'static [&'static str] = &[];
    /// What can be said only in a correction.
    const ONLY_CORRECTED: &'static [&'static str] = &[];
    /// What people say only until an export has shown the thing; from then on its server says it.
    const TOLD: &'static [&'static str] = &[];

    /// What a new thing has unless something else is said.
    fn usual() -> Self;

    /// The fields that take one of some words and refuse all others.
    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        Vec::new()
    }
}

/// What a form is filled in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Something new.
    New,
    /// A correction.
    Correction,
    /// A correction of what an export has shown.
    CorrectionOfTold,
}

/// The fields of every correction beside the thing's own.
const CORRECTION: [&str; 2] = ["reason", "effective_on"];

/// The fields of a form by name and whether only true and false are taken, in the order in which it has them.
pub fn fields<F: Form>(purpose: For) -> Vec<(String, Object)> {
    let schema = F::schema();
    // A form of its own may ask for a reason too.
    let corrects = matches!(schema, RefOr::T(Schema::AllOf(_)));
    let mut fields = properties(schema);
    fields.retain(|(name, _)| match purpose {
        For::New => {
            let why = corrects && CORRECTION.contains(&name.as_str());
            !F::ONLY_CORRECTED.contains(&name.as_str()) && name != "seen" && !why
        }
        For::Correction | For::CorrectionOfTold => !F::ONLY_NEW.contains(&name.as_str()) && name != "seen",
    });
    fields
}

/// The fields of a schema, those of schemas that were flattened into it last.
fn properties(schema: RefOr<Schema>) -> Vec<(String, Object)> {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            let field = |(name, field)| match field {
                RefOr::T(Schema::Object(field)) => Some((name, field)),
                _ => None,
            };
            object.properties.into_iter().filter_map(field).collect()
        }
        RefOr::T(Schema::AllOf(AllOf { items, .. })) => {
            let (own, flattened): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| matches!(item, RefOr::T(_)));
            own.into_iter().chain(flattened).flat_map(properties).collect()
        }
        // Of what is flattened into a form there is only the correction.
        RefOr::Ref(_) => properties(CorrectionForm::schema()),
        RefOr::T(_) => Vec::new(),
    }
}

/// Whether a field takes only true and false.
pub fn is_flag(field: &Object) -> bool {
    matches!(field.schema_type, SchemaType::Type(Type::Boolean))
}

/// Lays what was sent over a form.
///
/// # Errors
/// 422: fields that are not the form's, or hold lists or objects.
pub fn lay<F: Form>(form: &F, sent: Map<String, Value>, purpose: For) -> Outcome<F> {
    let fields = fields::<F>(purpose);
    let Value::Object(mut filled) = serde_json::to_value(form).map_err(Error::internal)? else {
        return Err(Error::internal("a form is an object"));
    };
    let mut wrong = Vec::new();
    for (name, value) in sent {
        match fields.iter().find(|(known, _)| *known == name) {
            None => wrong.push((name, unknown(&fields))),
            Some(_) if purpose == For::CorrectionOfTold && F::TOLD.contains(&name.as_str()) => {
                wrong.push((name, "Its server says it, and only an import changes it.".to_owned()));
            }
            Some((_, field)) => match text(value, is_flag(field)) {
                Ok(text) => drop(filled.insert(name, Value::String(text))),
                Err(says) => wrong.push((name, says.to_owned())),
            },
        }
    }
    if let Some((name, says)) = wrong.first() {
        let says = format!("{name}: {says}");
        return Err(Error::Unmet { status: StatusCode::UNPROCESSABLE_ENTITY, says, fields: wrong });
    }
    serde_json::from_value(Value::Object(filled)).map_err(Error::internal)
}

fn unknown(fields: &[(String, Object)]) -> String {
    let names = fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    format!("There is no such field here. There are: {}.", names.join(", "))
}

/// A value as a browser's form would send it.
fn text(value: Value, flag: bool) -> Result<String, &'static str> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(yes) => Ok(if yes { "yes".to_owned() } else { String::new() }),
        _ if flag => Err("Send true or false."),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text),
        Value::Array(_) | Value::Object(_) => Err("Send a text, a number, true, false or null."),
    }
}
