//! Programs that use the API.

use axum::body::Body;
use axum::http::{Request, header};
use reseat::users::api_token::NewToken;
use reseat::users::token_store;
use reseat::users::user::Role;
use serde_json::Value;

use crate::support::{Console, Person, Reply};

/// A program with a token, or without one.
#[derive(Clone)]
pub struct Program {
    person: Person,
    token: Option<String>,
}

impl Console {
    /// A program of somebody in the cast, with all that they may do.
    pub async fn program(&self, role: Role) -> Program {
        let name = match role {
            Role::Auditor => "Audrey",
            Role::HelpDesk => "Hedda",
            Role::Admin => "Ada",
        };
        if reseat::users::store::look_up(self.db(), name).await.is_err() {
            self.add(name, role).await;
        }
        let token = self.token(name, role, self.app.now().plus_days(365)).await;
        self.program_with(&token)
    }

    pub async fn token(&self, name: &str, role: Role, expires_at: reseat::moment::Moment) -> String {
        let user = reseat::users::store::look_up(self.db(), name).await.unwrap();
        let mut tx = self.db().begin("the test", self.app.now()).await.unwrap();
        let new = NewToken { label: "of the test".into(), role, expires_at };
        let token = token_store::make(&mut tx, user.id, &new).await.unwrap();
        tx.commit().await.unwrap();
        token
    }

    pub fn program_with(&self, token: &str) -> Program {
        Program { person: self.stranger(), token: Some(token.to_owned()) }
    }

    pub fn program_without(&self) -> Program {
        Program { person: self.stranger(), token: None }
    }
}

impl Program {
    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// A creating call that may be sent again by its key.
    pub async fn post_as(&self, key: &str, path: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.call("POST", path, &headers, &body.to_string()).await
    }

    /// A change of what was seen by its tag.
    pub async fn change(&self, method: &str, path: &str, tag: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        self.call(method, path, &headers, &body.to_string()).await
    }

    pub async fn patch(&self, path: &str, tag: &str, body: &Value) -> Reply {
        self.change("PATCH", path, tag, body).await
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.send(method, path, headers, body.to_owned().into()).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.person.clone().send(request, body).await
    }

    /// Every item of a list, a slice of so many at a time.
    pub async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let reply = self.get(&format!("{path}{joint}limit={limit}{after}")).await;
            let page = reply.is(200).json();
            let some = page["items"].as_array().unwrap();
            assert!(some.len() <= limit);
            items.extend(some.iter().cloned());
            let Some(next) = page["next"].as_str() else { return items };
            assert_eq!(some.len(), limit, "a slice is short though there is more");
            after = format!("&after={}", reseat::web::address::escape(next));
        }
    }
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json", "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// The answer's tag.
    #[track_caller]
    pub fn tag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }

    /// The fields that a refusal names.
    #[track_caller]
    pub fn fields(&self) -> Vec<String> {
        let refusal = self.json();
        assert!(!refusal["error"].as_str().unwrap().is_empty());
        refusal["fields"].as_object().unwrap().keys().cloned().collect()
    }
}
