//! The pages of API tokens: one's own on the account's page, and everybody's for admins.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::api_token::{ApiToken, LASTS, TokenForm};
use super::pages::Account;
use super::token_store as store;
use super::user::Role;
use crate::change;
use crate::check::Problems;
use crate::ids::TokenId;
use crate::web::actor::{Admin, Auditor};
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::icon;
use crate::web::listing::with_paging;
use crate::web::page::{go, refused, show};
use crate::web::parts::{Choice, Footer};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Paging, Window};

/// One's own tokens, and the form of another one.
pub(super) struct OwnTokens {
    pub(super) list: Vec<ApiToken>,
    pub(super) form: TokenForm,
    pub(super) roles: Vec<Choice>,
    pub(super) lasts: Vec<Choice>,
    pub(super) problems: Problems,
}

impl OwnTokens {
    pub(super) async fn of(app: &App, own: &Auditor, form: TokenForm, problems: Problems) -> Outcome<OwnTokens> {
        let roles = Role::ALL.into_iter().filter(|role| *role <= own.role);
        let roles =
            roles.map(|role| Choice { hint: role.meaning(), ..Choice::new(role.as_str(), role.label(), &form.role) });
        Ok(OwnTokens {
            list: store::of(&app.db, own.id).await?,
            roles: roles.collect(),
            lasts: LASTS.map(|(value, text)| Choice::new(value, text, &form.expires)).into(),
            form,
            problems,
        })
    }
}

#[derive(Template)]
#[template(path = "users/token.html")]
struct Made {
    shell: Shell,
    label: String,
    token: String,
    example: String,
}

/// Makes a token for oneself, and shows it this one time.
pub async fn create(
    State(app): State<App>,
    auditor: Auditor,
    origin: crate::web::request::Origin,
    Form(form): Form<TokenForm>,
) -> Outcome<Response> {
    let new = match form.check(auditor.role, app.now()) {
        Ok(new) => new,
        Err(wrong) => {
            let tokens = OwnTokens::of(&app, &auditor, form, wrong).await?;
            return refused(&Account::with(&app, auditor, Problems::none(), tokens).await?);
        }
    };
    let token = change!(app.db, &auditor.name, app.now(), tx, { store::make(tx, auditor.id, &new).await? })?;
    // Without the token itself, which a shell would remember.
    let example = format!("curl -H \"Authorization: Bearer $TOKEN\" {}/api/v1/key-packs", origin.site);
    show(&Made { shell: auditor.0.shell, label: new.label, token, example })
}

/// Revokes one of one's own tokens.
pub async fn revoke_own(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    change!(app.db, &auditor.name, app.now(), tx, {
        store::revoke(tx, TokenId(id), Some(auditor.id)).await?;
    })?;
    Ok(go("/account", "The token is revoked."))
}

#[derive(Template)]
#[template(path = "users/tokens.html")]
struct List {
    shell: Shell,
    tokens: Vec<ApiToken>,
    footer: Footer,
}

static ORDERS: [Order; 1] = [Order { name: "newest", column: "t.id", id: "t.id", text: false, descending: true }];

/// Everybody's tokens, the newest first.
pub async fn list(State(app): State<App>, admin: Admin, Query(paging): Query<Paging>) -> Outcome<Response> {
    let window = Window::of(&paging);
    let rows = store::list(&app.db, &window).await?;
    let slice = window.cut(rows, |token| Cursor::new(token.id, token.id.0));
    let address = with_paging(&Address::new("/tokens"), &paging, &ORDERS);
    let footer = slice.counted(&address, store::count(&app.db, CAP), "tokens").await?;
    show(&List { shell: admin.0.shell, tokens: slice.rows, footer })
}

/// Revokes anybody's token.
pub async fn revoke(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    change!(app.db, &admin.name, app.now(), tx, {
        store::revoke(tx, TokenId(id), None).await?;
    })?;
    Ok(go("/tokens", "The token is revoked."))
}
