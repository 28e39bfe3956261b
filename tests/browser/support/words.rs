//! How the words a person reads become a question to the browser (XPath).

/// A field by its label's words, its `name` or its `aria-label`.
pub fn control(field: &str) -> String {
    let reads = reads(field);
    let name = literal(field);
    format!(
        "(//input[not(@type='hidden')]|//select|//textarea)\
         [@id=//label[{reads}]/@for or ancestor::label[{reads}] or @name={name} or @aria-label={name}]"
    )
}

/// An element whose words, or one piece of whose words, are exactly these.
pub fn reads(words: &str) -> String {
    let words = literal(words);
    format!(
        "normalize-space()={words} or .//text()[normalize-space()={words}][not(parent::option)] or @aria-label={words}"
    )
}

/// XPath has no escapes: a text with both kinds of quotes is put together from pieces.
pub fn literal(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let pieces: Vec<_> = text.split('"').map(|piece| format!("\"{piece}\"")).collect();
    format!("concat({})", pieces.join(", '\"', "))
}
