//! The description of the interface (OpenAPI 3.1), made from what the nouns say of their calls.

#![expect(clippy::indexing_slicing, reason = "JSON without a name gives null, and what is written to is an object")]

use std::sync::LazyLock;

use axum::Json;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use super::operations::{Operation, Operations, REFUSALS};
use crate::web::faces::Refusal;
use crate::{
    agreements, calls, clients, companies, findings, history, imports, key_packs, license_servers, licenses, positions,
    products, reissues, reports, revocations, transfers, users, views,
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(made);

/// The description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Gives the description; it needs no token, for it tells nothing of what is recorded.
pub async fn show() -> impl IntoResponse {
    Json(document())
}

fn made() -> Value {
    let mut calls = Operations::default();
    companies::api::describe(&mut calls);
    license_servers::api::describe(&mut calls);
    agreements::api::describe(&mut calls);
    key_packs::api::describe(&mut calls);
    clients::api::describe(&mut calls);
    licenses::api::describe(&mut calls);
    transfers::api::describe(&mut calls);
    reissues::api::describe(&mut calls);
    calls::api::describe(&mut calls);
    positions::api::describe(&mut calls);
    findings::api::describe(&mut calls);
    revocations::api::describe(&mut calls);
    reports::api::describe(&mut calls);
    products::answers::describe(&mut calls);
    views::api::describe(&mut calls);
    history::api::describe(&mut calls);
    imports::api::describe(&mut calls);
    users::api::describe(&mut calls);
    calls.add(Operation {
        method: "get",
        path: "openapi.json".to_owned(),
        summary: "This description",
        role: None,
        parameters: Vec::new(),
        body: None,
        answer: (200, "OpenAPI 3.1.", Some(json!({"type": "object"})), &[]),
        refusals: &[],
    });
    let refusal = calls.shape::<Refusal>();
    let (paths, schemas) = calls.parts();
    let refusals: Map<String, Value> =
        REFUSALS.iter().map(|(status, says)| (status.to_string(), refused(*status, says, &refusal))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Reseat",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The register of a Reseat console: companies, license servers, agreements, key packs, clients, \
                licenses, their history, and imports. Moments are RFC 3339 in UTC, days YYYY-MM-DD.",
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token from an account’s page, or from reseat token add."}},
        },
    })
}

fn refused(status: u16, says: &str, refusal: &Value) -> Value {
    if status == 304 {
        return json!({"description": says, "headers": {"ETag": {"schema": {"type": "string"}}}});
    }
    let mut told = json!({"description": says, "content": {"application/json": {"schema": refusal}}});
    if status == 401 {
        told["headers"] = json!({"WWW-Authenticate": {"schema": {"type": "string"}}});
    }
    told
}
