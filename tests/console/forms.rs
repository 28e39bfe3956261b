//! What a browser would send of a form that a page shows.

use crate::support::{Person, Reply};

impl Reply {
    /// What a browser would send of the form with this address, as it stands.
    #[track_caller]
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let from = format!(" action=\"{}\"", action.replace('&', "&#38;"));
        let (_, form) = self.text.split_once(&from).expect("there is no such form");
        let (form, _) = form.split_once("</form>").unwrap();
        let field =
            regex::Regex::new(r"(?s)<input\b[^>]*>|<textarea\b[^>]*>[^<]*</textarea>|<select\b.*?</select>").unwrap();
        field.find_iter(form).filter_map(|field| sent(field.as_str())).collect()
    }
}

/// What a browser would send of one field.
fn sent(field: &str) -> Option<(String, String)> {
    let (tag, inside) = field.split_once('>')?;
    let name = attribute(tag, "name")?;
    let is_box = [r#"type="checkbox""#, r#"type="radio""#].iter().any(|kind| tag.contains(kind));
    if is_box && !tag.contains(" checked") || tag.contains(r#"type="file""#) {
        return None;
    }
    if tag.starts_with("<textarea") {
        return Some((name, plain(inside.split_once('<')?.0)));
    }
    if tag.starts_with("<select") {
        let options: Vec<&str> = inside.split("<option").skip(1).map(|one| one.split('>').next().unwrap()).collect();
        let chosen = options.iter().find(|one| one.contains(" selected")).or(options.first())?;
        return Some((name, attribute(chosen, "value").unwrap_or_default()));
    }
    Some((name, attribute(tag, "value").unwrap_or_default()))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(plain)
}

fn plain(text: &str) -> String {
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    signs.iter().fold(text.to_owned(), |text, (written, sign)| text.replace(written, sign))
}

/// The fields of a form, some of them otherwise.
#[track_caller]
pub fn otherwise(mut fields: Vec<(String, String)>, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in typed {
        let Some((_, said)) = fields.iter_mut().find(|(field, _)| field == name) else {
            panic!("there is no field {name}")
        };
        (*value).clone_into(said);
    }
    fields
}

impl Person {
    /// Posts what [`Reply::form`] read.
    pub async fn post_form(&mut self, path: &str, fields: &[(String, String)]) -> Reply {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(path, &fields).await
    }
}
