//! What every kind of call says of itself in the interface's description.

#![expect(clippy::indexing_slicing, reason = "JSON without a name gives null, and what is written to is an object")]

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::ROOT;
use super::answer::Item;
use super::asked::{List, MOST, Param, TEXT, Takes, sorts};
use super::form::{For, Form, fields, is_flag};
use crate::users::user::Role;
use crate::web::correcting::RetirementForm;
use crate::web::slice::SIZE;

/// The calls of the interface, as they are being described.
#[derive(Default)]
pub struct Operations {
    paths: BTreeMap<String, Map<String, Value>>,
    schemas: BTreeMap<String, Value>,
}

/// One call.
pub struct Operation {
    /// Its method, in lower case.
    pub method: &'static str,
    /// Its address, behind [`ROOT`].
    pub path: String,
    /// The one thing it does.
    pub summary: &'static str,
    /// Who may make it; nobody in particular: everybody, without a token.
    pub role: Option<Role>,
    /// What its address and headers say, beside the number in its path.
    pub parameters: Vec<Value>,
    /// What is sent: its kind and its schema.
    pub body: Option<(&'static str, Value)>,
    /// What is answered when all is well: status, words, schema, and headers that are sent along.
    pub answer: (u16, &'static str, Option<Value>, &'static [&'static str]),
    /// The statuses of what may be refused.
    pub refusals: &'static [u16],
}

/// The refusals of a call that reads a list.
pub const LISTING: &[u16] = &[400, 401, 422];
/// The refusals of a call that reads a list which may be missing.
pub const LISTING_WITHIN: &[u16] = &[400, 401, 404, 422];
/// The refusals of a call that reads one thing.
pub const SHOWING: &[u16] = &[304, 400, 401, 404];
/// The refusals of a call that makes something.
pub const MAKING: &[u16] = &[400, 401, 403, 413, 415, 422];
/// The refusals of a call that records news about one thing.
pub const APPENDING: &[u16] = &[400, 401, 403, 404, 413, 415, 422];
/// The refusals of a call that changes one thing.
pub const CHANGING: &[u16] = &[400, 401, 403, 404, 412, 413, 415, 422, 428];

/// The refusals of a step that one thing takes once.
pub const STEPPING: &[u16] = &[400, 401, 403, 404, 412, 413, 415, 422];

/// What a refusal's status means.
pub const REFUSALS: [(u16, &str); 10] = [
    (304, "You have it already: it is as the If-None-Match says."),
    (400, "What was sent cannot be read."),
    (401, "No token, or one that no longer lets in. Send one that is in use."),
    (403, "The token’s role may not make this change."),
    (404, "There is no such thing, or the token’s role does not show it."),
    (412, "It was changed since you read it. Nothing was done."),
    (413, "What was sent is too large."),
    (415, "What was sent is of another kind."),
    (422, "What was sent is refused; a sentence for each field says why."),
    (428, "If-Match is missing."),
];

impl Operations {
    /// `GET` of a list.
    pub fn list<L: List, I: Item>(&mut self, summary: &'static str) {
        self.list_for::<L, I>(Role::Auditor, summary);
    }

    /// `GET` of a list that only some may read.
    pub fn list_for<L: List, I: Item>(&mut self, role: Role, summary: &'static str) {
        self.list_at::<L, I>(I::PATH, role, summary);
    }

    /// `GET` of a list at any address; of a list within one thing, that may be missing.
    pub fn list_at<L: List, T: ToSchema>(&mut self, path: &str, role: Role, summary: &'static str) {
        let schema = json!({
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": self.shape::<T>()},
                "next": {"type": ["string", "null"], "description": "What to send as “after” to get the next rows; null at the end."},
            },
            "required": ["items", "next"],
        });
        // What a role may not see is not found, as what does not exist.
        let may_lack = role > Role::Auditor || path.contains("{id}");
        self.add(Operation {
            method: "get",
            path: path.to_owned(),
            summary,
            role: Some(role),
            parameters: list_parameters::<L>(),
            body: None,
            answer: (200, "A slice of the list.", Some(schema), &[]),
            refusals: if may_lack { LISTING_WITHIN } else { LISTING },
        });
    }

    /// `GET` of a list that comes whole, as `{"items": […]}`.
    pub fn all<T: ToSchema>(
        &mut self,
        (path, summary): (&str, &'static str),
        parameters: Vec<Value>,
        refusals: &'static [u16],
    ) {
        let items = self.shape::<T>();
        self.add(Operation {
            method: "get",
            path: path.to_owned(),
            summary,
            role: Some(Role::Auditor),
            parameters,
            body: None,
            answer: (
                200,
                "All of them.",
                Some(json!({
                    "type": "object",
                    "properties": {"items": {"type": "array", "items": items}},
                    "required": ["items"],
                })),
                &[],
            ),
            refusals,
        });
    }

    /// `GET` of one thing.
    pub fn show<I: Item>(&mut self, summary: &'static str) {
        self.show_for::<I>(Role::Auditor, summary);
    }

    /// `GET` of one thing that only some may read.
    pub fn show_for<I: Item>(&mut self, role: Role, summary: &'static str) {
        let shape = self.shape::<I>();
        self.add(Operation {
            method: "get",
            path: format!("{}/{{id}}", I::PATH),
            summary,
            role: Some(role),
            parameters: vec![header(
                "If-None-Match",
                false,
                "The ETag that you have: the answer is 304 while it holds.",
            )],
            body: None,
            answer: (200, "It.", Some(shape), &["ETag"]),
            refusals: SHOWING,
        });
    }

    /// `POST` of a new thing.
    pub fn create<I: Item, F: Form>(&mut self, role: Role, summary: &'static str, example: Value) {
        let body = self.form::<F>(For::New, example);
        self.make::<I>(role, summary, body);
    }

    /// `POST` of a new thing whose body has a shape of its own.
    pub fn make<I: Item>(&mut self, role: Role, summary: &'static str, body: Value) {
        let shape = self.shape::<I>();
        self.add(Operation {
            method: "post",
            path: I::PATH.to_owned(),
            summary,
            role: Some(role),
            parameters: vec![idempotency()],
            body: Some(("application/json", body)),
            answer: (201, "It is made.", Some(shape), &["ETag", "Location", "Idempotency-Replayed"]),
            refusals: MAKING,
        });
    }

    /// `PATCH` of a thing: a correction, with a reason.
    pub fn correct<I: Item, F: Form>(&mut self, role: Role, summary: &'static str, example: Value) {
        let body = self.form::<F>(For::Correction, example);
        self.change::<I>("patch", "", (role, summary), body);
    }

    /// `POST` of a retirement, or of its end.
    pub fn retire<I: Item>(&mut self, role: Role, summary: &'static str) {
        let body = self.form::<RetirementForm>(For::Correction, json!({"reason": "Merged with another one."}));
        self.change::<I>("post", "/retirement", (role, summary), body);
    }

    /// `POST` of news about one thing, which overwrites nothing; it is answered with the thing as it is then.
    pub fn append<I: Item>(&mut self, behind: &str, (role, summary): (Role, &'static str), body: Value) {
        let shape = self.shape::<I>();
        self.add(Operation {
            method: "post",
            path: format!("{}/{{id}}{behind}", I::PATH),
            summary,
            role: Some(role),
            parameters: vec![idempotency()],
            body: Some(("application/json", body)),
            answer: (201, "It is recorded.", Some(shape), &["ETag", "Location", "Idempotency-Replayed"]),
            refusals: APPENDING,
        });
    }

    /// Any other change of one thing; it is answered with the thing as it is then.
    pub fn change<I: Item>(
        &mut self,
        method: &'static str,
        behind: &str,
        (role, summary): (Role, &'static str),
        body: Value,
    ) {
        let shape = self.shape::<I>();
        self.add(Operation {
            method,
            path: format!("{}/{{id}}{behind}", I::PATH),
            summary,
            role: Some(role),
            parameters: vec![if_match()],
            body: Some(("application/json", body)),
            answer: (200, "The same thing, as it is now.", Some(shape), &["ETag"]),
            refusals: CHANGING,
        });
    }

    /// `POST` of a step that a thing takes once, which may say what its sender has seen; it is answered with the thing as it
    /// is then.
    pub fn step<I: Item>(&mut self, behind: &str, (role, summary): (Role, &'static str), body: Value) {
        let shape = self.shape::<I>();
        self.add(Operation {
            method: "post",
            path: format!("{}/{{id}}{behind}", I::PATH),
            summary,
            role: Some(role),
            parameters: vec![if_match_if_said()],
            body: Some(("application/json", body)),
            answer: (200, "The same thing, as it is now.", Some(shape), &["ETag"]),
            refusals: STEPPING,
        });
    }

    /// The schema of a form, as programs fill it in.
    pub fn form<F: Form>(&mut self, purpose: For, example: Value) -> Value {
        let choices = F::choices();
        let properties: Map<String, Value> = fields::<F>(purpose)
            .into_iter()
            .map(|(name, field)| {
                let mut says = field.description.clone().unwrap_or_default();
                if purpose != For::New && F::TOLD.contains(&name.as_str()) {
                    says.push_str(" Where an export has shown it, its server says this, and it cannot be sent.");
                }
                let mut schema = json!({"description": says, "type": ["string", "number", "boolean", "null"]});
                if is_flag(&field) {
                    schema = json!({"description": says, "type": ["boolean", "null"]});
                }
                if let Some((_, words)) = choices.iter().find(|(field, _)| *field == name) {
                    schema = json!({"description": says, "enum": words});
                }
                (name, schema)
            })
            .collect();
        json!({"type": "object", "properties": properties, "additionalProperties": false, "example": example})
    }

    /// A reference to the shape of an answer, which is described once.
    pub fn shape<T: ToSchema>(&mut self) -> Value {
        let mut shapes: Vec<(String, RefOr<Schema>)> = vec![(T::name().into_owned(), <T as PartialSchema>::schema())];
        T::schemas(&mut shapes);
        for (name, schema) in shapes {
            let Ok(mut schema) = serde_json::to_value(schema) else { continue };
            // Whatever may be missing is sent as null: a program need not ask whether it is there.
            if let Some(all) = schema.get("properties").and_then(Value::as_object) {
                let all: Vec<Value> = all.keys().map(|name| json!(name)).collect();
                schema["required"] = Value::Array(all);
            }
            self.schemas.insert(name, schema);
        }
        json!({"$ref": format!("#/components/schemas/{}", T::name())})
    }

    /// Adds a call.
    pub fn add(&mut self, operation: Operation) {
        let path = format!("{ROOT}/{}", operation.path);
        let mut parameters = operation.parameters;
        if path.contains("{id}") {
            let id = json!({"type": "integer", "format": "int64", "minimum": 1});
            parameters.insert(
                0,
                json!({"name": "id", "in": "path", "required": true, "description": "Its number.", "schema": id}),
            );
        }
        let (status, words, schema, headers) = operation.answer;
        let mut answers = Map::new();
        answers.insert(status.to_string(), answer(words, schema, headers));
        for status in operation.refusals {
            answers.insert(status.to_string(), json!({"$ref": format!("#/components/responses/{status}")}));
        }
        let tag = operation.path.split('/').next().unwrap_or_default().to_owned();
        let mut told = json!({
            "operationId": name_of(operation.method, &operation.path),
            "tags": [tag],
            "summary": operation.summary,
            "parameters": parameters,
            "responses": answers,
        });
        match operation.role {
            Some(role) => told["description"] = json!(format!("Needs the role {}, at least.", role.label())),
            None => told["security"] = json!([]),
        }
        if let Some((kind, schema)) = operation.body {
            told["requestBody"] = json!({"required": true, "content": {kind: {"schema": schema}}});
        }
        self.paths.entry(path).or_default().insert(operation.method.to_owned(), told);
    }

    /// The calls by their addresses, and the shapes of what is answered.
    pub fn parts(self) -> (BTreeMap<String, Map<String, Value>>, BTreeMap<String, Value>) {
        (self.paths, self.schemas)
    }
}

/// A name that no other call has: `post_companies_id_retirement`.
fn name_of(method: &str, path: &str) -> String {
    let path: String = path.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '_' }).collect();
    format!("{method}_{}", path.replace("__", "_").trim_end_matches('_'))
}

fn answer(words: &str, schema: Option<Value>, headers: &[&str]) -> Value {
    let mut answer = json!({"description": words});
    if let Some(schema) = schema {
        answer["content"] = json!({"application/json": {"schema": schema}});
    }
    for name in headers {
        answer["headers"][*name] = json!({"schema": {"type": "string"}});
    }
    answer
}

fn list_parameters<L: List>() -> Vec<Value> {
    let mut parameters: Vec<Value> = L::filters().into_iter().map(filter).collect();
    let limit = json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE});
    parameters.push(query("limit", "Rows at most.", limit));
    parameters.push(query(
        "after",
        "What the answer before this one gave as “next”.",
        json!({"type": "string", "pattern": "^[^\\u0000]*\\.[0-9]{1,18}$"}),
    ));
    if !L::ORDERS.is_empty() {
        let says = "The order; “-” in front turns it round. Not every order is had with every filter.";
        parameters.push(query("sort", says, json!({"type": "string", "enum": sorts(L::ORDERS)})));
    }
    parameters
}

/// A filter as the description says it.
pub fn filter(param: Param) -> Value {
    let schema = match param.takes {
        Takes::Number(most) => json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": most}),
        Takes::Year => json!({"type": "integer", "minimum": 2000, "maximum": 2099}),
        Takes::Text => json!({"type": "string", "maxLength": TEXT, "pattern": "^[^\\u0000]*$"}),
        Takes::Day => json!({"type": "string", "format": "date"}),
        Takes::OneOf(words) => json!({"type": "string", "enum": words}),
    };
    query(param.name, param.says, schema)
}

fn query(name: &str, says: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "required": false, "description": says, "schema": schema})
}

fn header(name: &str, required: bool, says: &str) -> Value {
    json!({"name": name, "in": "header", "required": required, "description": says, "schema": {"type": "string"}})
}

/// `If-Match`, which every change of one thing needs.
pub fn if_match() -> Value {
    header("If-Match", true, "The ETag of what you have seen, or * for whatever stands there.")
}

/// `If-Match` of a step, which may be left out.
pub fn if_match_if_said() -> Value {
    header("If-Match", false, "The ETag that you have seen; left out, the step is taken whatever changed meanwhile.")
}

/// `Idempotency-Key`, which every creating call may have.
pub fn idempotency() -> Value {
    let schema = json!({"type": "string", "pattern": "^[!-~]{1,255}$"});
    let says = "A name of yours for this call: sent again within 24 hours, it is answered as the first time and makes nothing twice.";
    json!({"name": "Idempotency-Key", "in": "header", "required": false, "description": says, "schema": schema})
}
