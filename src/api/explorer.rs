//! The page that explains the interface to people, drawn from its own description.

#![expect(clippy::indexing_slicing, reason = "JSON without a name gives null, and what is written to is an object")]

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::document::document;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page;
use crate::web::request::Origin;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "api/explorer.html")]
struct Explorer {
    shell: Shell,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// The calls about one noun.
struct Group {
    name: String,
    calls: Vec<Call>,
}

/// One call.
struct Call {
    anchor: String,
    method: String,
    path: String,
    summary: String,
    needs: String,
    parameters: Vec<Field>,
    body: Vec<Field>,
    answers: Vec<Answer>,
    example: String,
}

/// A parameter, or a field of what is sent or answered.
struct Field {
    name: String,
    kind: String,
    says: String,
    required: bool,
    /// Where it stands: `query`, `path`, `header`; empty for fields.
    place: String,
}

/// What may be answered.
struct Answer {
    status: String,
    says: String,
    shape: String,
}

/// The shape of an answer.
struct Shape {
    name: String,
    says: String,
    fields: Vec<Field>,
}

/// The page of the interface.
pub async fn show(State(_): State<App>, auditor: Auditor, origin: Origin) -> Outcome<Response> {
    let document = document();
    let mut groups: Vec<Group> = Vec::new();
    for (path, methods) in object(&document["paths"]) {
        for (method, told) in object(methods) {
            let call = Call::of(&origin.site, method, path, told);
            let name = text(&told["tags"][0]);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.calls.push(call),
                None => groups.push(Group { name, calls: vec![call] }),
            }
        }
    }
    let shapes = object(&document["components"]["schemas"]).map(|(name, schema)| Shape {
        name: name.clone(),
        says: text(&schema["description"]),
        fields: fields(schema),
    });
    page::show(&Explorer { shell: auditor.0.shell, groups, shapes: shapes.collect() })
}

impl Call {
    fn of(site: &str, method: &str, path: &str, told: &Value) -> Call {
        let (kind, sent) = object(&told["requestBody"]["content"])
            .next()
            .map_or(("", &Value::Null), |(kind, sent)| (kind.as_str(), &sent["schema"]));
        let parameters = list(&told["parameters"]).map(|one| Field {
            name: text(&one["name"]),
            kind: kind_of(&one["schema"]),
            says: text(&one["description"]),
            required: one["required"] == true,
            place: text(&one["in"]),
        });
        let answers = object(&told["responses"]).map(|(status, answer)| {
            let answer = resolved(answer);
            Answer {
                status: status.clone(),
                says: text(&answer["description"]),
                shape: shape_of(&answer["content"]["application/json"]["schema"]),
            }
        });
        Call {
            anchor: text(&told["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&told["summary"]),
            needs: text(&told["description"]),
            parameters: parameters.collect(),
            body: fields(sent),
            answers: answers.collect(),
            example: example(site, (method, path), kind, sent, told),
        }
    }
}

/// The call as a command line.
fn example(site: &str, (method, path): (&str, &str), kind: &str, sent: &Value, told: &Value) -> String {
    let mut lines = vec![format!("curl -H 'Authorization: Bearer reseat_…' {site}{}", path.replace("{id}", "7"))];
    if told["security"].is_array() {
        lines = vec![format!("curl {site}{path}")];
    }
    if method != "get" {
        lines.push(format!("-X {}", method.to_uppercase()));
    }
    if list(&told["parameters"]).any(|one| one["name"] == "If-Match") {
        lines.push("-H 'If-Match: \"41-0123456789abcdef0123\"'".to_owned());
    }
    match kind {
        "application/json" => {
            lines.push("-H 'Content-Type: application/json'".to_owned());
            lines.push(format!("-d '{}'", sent["example"]));
        }
        "multipart/form-data" => lines.push("-F server=LIC-01 -F files=@keypacks.csv -F files=@issued.csv".to_owned()),
        _ => {}
    }
    lines.join(" \\\n  ")
}

/// What a value is, in words; a shape by its name.
fn kind_of(schema: &Value) -> String {
    if !shape_of(schema).is_empty() {
        return shape_of(schema);
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(text).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) if kinds.len() > 2 => "text".to_owned(),
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        kind => text(kind),
    };
    match &schema["format"] {
        Value::String(format) if format == "date-time" => "moment".to_owned(),
        Value::String(format) if format == "date" => "day".to_owned(),
        Value::String(format) if format == "binary" => "file".to_owned(),
        _ => kind.replace("string", "text").replace("boolean", "true or false"),
    }
}

/// The name of the shape that a schema refers to, alone or as what a list holds; empty where it refers to none.
fn shape_of(schema: &Value) -> String {
    let inner = [schema, &schema["items"], &schema["properties"]["items"]["items"], &schema["oneOf"][1]];
    inner.into_iter().find_map(|one| one["$ref"].as_str()?.rsplit('/').next()).unwrap_or_default().to_owned()
}

fn fields(schema: &Value) -> Vec<Field> {
    let own = object(&schema["properties"]).map(|(name, field)| Field {
        name: name.clone(),
        kind: kind_of(field),
        says: text(&field["description"]),
        required: list(&schema["required"]).any(|one| one == &json!(name)),
        place: String::new(),
    });
    own.chain(list(&schema["allOf"]).flat_map(|part| fields(resolved(part)))).collect()
}

fn resolved(value: &Value) -> &Value {
    let Some(path) = value["$ref"].as_str().and_then(|path| path.strip_prefix('#')) else { return value };
    document().pointer(path).unwrap_or(value)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
