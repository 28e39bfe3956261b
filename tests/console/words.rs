//! Every sentence that the program says to a person, in one file that somebody can read in one sitting.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Where the sentences stand.
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/console/words.txt");

const HEADING: &str = "\
# Every sentence that Reseat says to a person, by the file that says it: refusals, notices, problems, hints, the texts of pages.
# Read it in one sitting and mend in the source what is unclear or does not say what to do; a translator could begin here.
# {…} and {{ … }} stand for what is filled in, [a|b] for one or the other. A changed sentence fails `words`; anew it is made by:
#   UPDATE_WORDS=1 cargo test --test console words
";

#[test]
fn every_sentence_that_the_program_says_stands_in_one_list() {
    let mut list = HEADING.to_owned();
    for (file, sentences) in SAID.iter() {
        let _ = write!(list, "\n{file}\n");
        for sentence in sentences {
            let _ = writeln!(list, "  {sentence}");
        }
    }
    if std::env::var_os("UPDATE_WORDS").is_some() {
        std::fs::write(LIST, &list).unwrap();
    }
    let known = std::fs::read_to_string(LIST).unwrap_or_default();
    let (was, is): (Vec<&str>, Vec<&str>) = (known.lines().collect(), list.lines().collect());
    let gone = was.iter().filter(|line| !is.contains(line)).map(|line| format!("- {line}"));
    let new = is.iter().filter(|line| !was.contains(line)).map(|line| format!("+ {line}"));
    let changed: Vec<String> = gone.chain(new).collect();
    assert!(
        known == list,
        "tests/console/words.txt is not what the program says. Read the sentences once more, then make it anew with \
         UPDATE_WORDS=1:\n{}",
        changed.join("\n")
    );
}

const QUOTES: &str = "quotes are “ and ”";

/// The sentences are typeset as all the others: typographic quotes and apostrophes, one space, no two dots.
#[test]
fn every_sentence_is_typeset_alike() {
    let rules = [
        (r"[A-Za-z]'[a-z]", "an apostrophe is ’"),
        (r#"(^|[ (])"[A-Za-z{]"#, QUOTES),
        (r"\.\.\.", "an ellipsis is …"),
        (r"[a-z] - [a-z]", "a dash is –"),
        (r"[^.]\.\.$|[?!]\.$| [.,;?!]( |$)", "a sentence ends once, right after its last word"),
        (r"(?i)\b(please|sorry|oops|invalid|successfully|click here|for ever)\b", "plain words, which say what to do"),
        (r"(?i)\b(colour|licence|recognise|organisation|behaviour|catalogue)", "US spelling"),
    ]
    .map(|(pattern, rule)| (Regex::new(pattern).unwrap(), rule));
    let mut broken = Vec::new();
    for (file, sentences) in SAID.iter() {
        for sentence in sentences {
            // What is filled in is no text of ours.
            let text = filled(sentence, "N");
            // The window that PowerShell scripts write into shows only straight quotes on every system.
            let is_script = file.contains(".ps1");
            let of = rules.iter().filter(|(pattern, rule)| pattern.is_match(&text) && !(is_script && *rule == QUOTES));
            broken.extend(of.map(|(_, rule)| format!("{file}: {rule}: {sentence}")));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Each file that says something, and what it says in its order, each sentence once.
static SAID: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(said);

/// What is filled in.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{[^{}]*\}").unwrap());

fn said() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for folder in ["src", "static", "templates"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut |path| {
            let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            let read = || std::fs::read_to_string(path).unwrap();
            if path.components().any(|part| part.as_os_str() == "tests") {
                return;
            }
            let texts = match &*ending {
                "rs" => of_rust(&read()),
                "html" => of_template(&read()),
                "js" | "ps1" => of_script(&read()),
                "txt" => read().split("\n\n").map(str::to_owned).collect(),
                _ => return,
            };
            let mut sentences: Vec<String> = Vec::new();
            for text in texts.iter().map(|text| one_line(text)).filter(|text| is_a_sentence(text)) {
                if !sentences.contains(&text) {
                    sentences.push(text);
                }
            }
            if !sentences.is_empty() {
                let file = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
                found.insert(file.display().to_string(), sentences);
            }
        });
    }
    found
}

fn walk(folder: &Path, read: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, read) } else { read(&path) }
    }
}

/// The text with this in the place of all that is filled in, also where braces stand in braces.
fn filled(text: &str, with: &str) -> String {
    let mut text = text.to_owned();
    while PLACEHOLDER.is_match(&text) {
        text = PLACEHOLDER.replace_all(&text, with).into_owned();
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// It begins as a sentence does, ends as one, and has more than one word of which one is no placeholder.
fn is_a_sentence(text: &str) -> bool {
    let begins = text.trim_start_matches(['[', '“', '(']).chars().next();
    let ends = text.trim_end_matches([']', '”', ')']).chars().last();
    let words = filled(text, "");
    begins.is_some_and(|first| first.is_uppercase() || first.is_ascii_digit() || first == '{')
        && ends.is_some_and(|last| ".?!…".contains(last))
        && text.contains(' ')
        && words.split_whitespace().any(|word| word.chars().filter(|one| one.is_alphabetic()).count() > 1)
}

/// In this order: comments, raw strings, strings, characters (so that `'"'` opens no string), attributes, parentheses.
static RUST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xs) (?P<comment> //[^\n]* | /\*.*?\*/ )
        | (?P<raw> b?r(?:\#"(?P<hashed>.*?)"\# | "(?P<bare>[^"]*)") )
        | b?"(?P<text>(?:[^"\\]|\\.)*)"
        | (?P<char> b?'(?:[^'\\]|\\(?:u\{[0-9a-f]+\}|x..|.))' )
        | (?P<attribute> \#!?\[ )
        | (?P<open> [\[{(] ) | (?P<close> [\]})] ) | (?P<end> ; )"#,
    )
    .unwrap()
});

/// The string literals of Rust code outside comments, tests and attributes, as they are at run time.
fn of_rust(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut attribute, mut test) = (0_usize, None, None);
    for piece in RUST.captures_iter(source) {
        let is = |name| piece.name(name).is_some();
        if let Some(at) = piece.name("attribute") {
            let only_tests = source[at.end()..].starts_with("cfg(test)]");
            if only_tests && test.is_none() {
                test = Some(depth);
            }
            attribute = attribute.or(Some(depth));
            depth += 1;
        } else if is("open") {
            depth += 1;
        } else if is("close") || is("end") {
            depth -= usize::from(is("close"));
            let is_item = &piece[0] != "]" && &piece[0] != ")";
            if attribute.is_some_and(|began| began == depth) {
                attribute = None;
            } else if is_item && test.is_some_and(|began| began == depth) {
                test = None;
            }
        } else if attribute.is_none() && test.is_none() {
            let raw = piece.name("hashed").or_else(|| piece.name("bare")).map(|raw| raw.as_str().to_owned());
            found.extend(raw.or_else(|| piece.name("text").map(|text| unescaped(text.as_str()))));
        }
    }
    found
}

/// An escape in a literal.
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)\\(?:\r?\n\s*|u\{([0-9a-fA-F]+)\}|(.))").unwrap());

/// What a literal says at run time: a line that goes on is one line.
fn unescaped(literal: &str) -> String {
    let replaced = |escape: &Captures| match (escape.get(1), escape.get(2).map(|one| one.as_str())) {
        (Some(code), _) => u32::from_str_radix(code.as_str(), 16).ok().and_then(char::from_u32).unwrap().to_string(),
        (_, Some("n" | "r" | "t" | "0")) => " ".to_owned(),
        (_, Some(other)) => other.to_owned(),
        _ => String::new(),
    };
    ESCAPE.replace_all(literal, replaced).into_owned()
}

/// Comments, expressions, statements and tags of a template.
static TEMPLATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xs) (?P<comment> \{\#.*?\#\} | <!--.*?--> ) | \{\{(?P<filled>.*?)\}\} | \{%-?\s*(?P<word>[a-z]+)(?P<told>.*?)-?%\}
        | <(?P<slash>/?)(?P<tag>[a-zA-Z0-9]+)(?P<attributes> (?:[^>"{]|"(?:[^"{]|\{\{.*?\}\}|\{%.*?%\}|\{)*"|\{\{.*?\}\}|\{%.*?%\})* )> | <!doctype[^>]*>"#,
    ).unwrap()
});

/// Attributes that are read out.
static SPOKEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:aria-label|title|placeholder|alt|data-busy)="([^"]*)""#).unwrap());

/// The texts of a page's blocks, of its attributes that are read out, and the literals in its expressions. A tag within a line is
/// left out; what is shown on a condition stands in brackets.
fn of_template(source: &str) -> Vec<String> {
    // Two links side by side are no sentence.
    let source = &source.replace("</a><a", "</a><br><a");
    let (mut found, mut open, mut last) = (Vec::new(), String::new(), 0);
    for piece in TEMPLATE.captures_iter(source) {
        let whole = piece.get(0).unwrap();
        open.push_str(&source[last..whole.start()]);
        last = whole.end();
        if let Some(expression) = piece.name("filled") {
            found.extend(of_rust(expression.as_str()));
            if !expression.as_str().contains("icon::") {
                let _ = write!(open, "{{{{{}}}}}", without_sentences(expression.as_str()));
            }
        } else if let Some(word) = piece.name("word") {
            found.extend(of_rust(&piece["told"]));
            match word.as_str() {
                "if" | "for" | "match" => open.push('['),
                "else" | "when" => open.push('|'),
                "endif" | "endfor" | "endmatch" => open.push(']'),
                _ => end(&mut open, &mut found),
            }
        } else if let Some(tag) = piece.name("tag") {
            found.extend(SPOKEN.captures_iter(&piece["attributes"]).map(|one| one[1].to_owned()));
            let within = ["a", "abbr", "b", "bdi", "cite", "code", "em", "i", "kbd", "strong", "time"];
            if !within.contains(&tag.as_str()) || piece["attributes"].contains("class=\"button") {
                end(&mut open, &mut found);
            }
        }
    }
    open.push_str(&source[last..]);
    end(&mut open, &mut found);
    found
}

/// A literal in an expression.
static LITERAL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""[^"]*""#).unwrap());

/// An expression whose long literals are said on a line of their own.
fn without_sentences(expression: &str) -> String {
    let short =
        |text: &Captures| if is_a_sentence(text[0].trim_matches('"')) { "…".to_owned() } else { text[0].to_owned() };
    LITERAL.replace_all(expression, short).into_owned()
}

/// A block ends: what stands in it is a text, without brackets that belong to what is around it.
fn end(open: &mut String, found: &mut Vec<String>) {
    let text =
        std::mem::take(open).replace("&amp;", "&").replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    let mut unmatched = Vec::new();
    let mut begun = Vec::new();
    let mut bars = Vec::new();
    for (at, one) in text.char_indices() {
        match one {
            '[' => begun.push(at),
            ']' if begun.pop().is_none() => unmatched.push(at),
            '|' => bars.push((at, begun.last().copied())),
            _ => {}
        }
    }
    let outside = |within: &Option<usize>| within.is_none_or(|began| begun.contains(&began));
    unmatched.extend(bars.iter().filter(|(_, within)| outside(within)).map(|(at, _)| *at));
    unmatched.extend(&begun);
    unmatched.sort_unstable();
    let mut from = 0;
    for at in unmatched.into_iter().chain([text.len()]) {
        found.push(plain(&text[from..at]));
        from = (at + 1).min(text.len());
    }
}

/// Brackets that hold nothing.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\[[\s|]*\]").unwrap());

/// A text without brackets around all of it, and without those that hold nothing.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    while EMPTY.is_match(&text) {
        text = EMPTY.replace_all(&text, "").into_owned();
    }
    let text = text.trim();
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) if !inner.contains(['[', ']', '|']) => inner.trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// A text in a script.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""([^"\n]*)"|`([^`\n]*)`|'([^'\n]*)'"#).unwrap());

/// The quoted texts of a script.
fn of_script(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with(['#', '/']));
    let code = code.collect::<Vec<_>>().join("\n");
    let text = |found: Captures| found.iter().skip(1).flatten().map(|one| one.as_str().to_owned()).collect::<String>();
    QUOTED.captures_iter(&code).map(text).collect()
}

#[test]
fn sentences_are_found_in_rust_and_only_those_that_people_read() {
    let source = r##"
        //! A module says "This is not read." to nobody.
        #[expect(clippy::panic, reason = "This is not read either.")]
        fn check<'a>(name: &'a str) {
            let quote = '"'; let other = '\''; // "Not this one."
            problems.add("name", "Say the name.");
            let long = format!("Somebody signs in as “{name}” already. \
                                Choose another one.");
            let sql = "select name from users where name = $1";
            let raw = r#"He said "no". Ask again."#;
            let bytes = b"Not for ever?";
            let (word, path) = ("Save", "/users/{id}.");
            let escaped = "It\u{2019}s \"so\".\nSay it again…";
            let (count, only) = ("{count} transfers queued.", "{a}, {b}.");
        }
        #[cfg(test)]
        fn only_tests() { let a = [1; 2]; say("Tests say this; nobody else."); }
        fn after() { say("After the tests it goes on."); }
        #[cfg(test)]
        mod tests;
        const LAST: &str = "The last one is found too.";
        #[cfg(test)]
        mod more { const A: &str = "Never said."; fn b() { c(";}") } }
    "##;
    let found: Vec<String> =
        of_rust(source).iter().map(|text| one_line(text)).filter(|one| is_a_sentence(one)).collect();
    assert_eq!(
        found,
        [
            "Say the name.",
            "Somebody signs in as “{name}” already. Choose another one.",
            "He said \"no\". Ask again.",
            "Not for ever?",
            "It’s \"so\". Say it again…",
            "{count} transfers queued.",
            "After the tests it goes on.",
            "The last one is found too.",
        ]
    );
}

#[test]
fn sentences_are_found_in_templates_with_what_is_filled_in() {
    let source = r#"{# Not read by anybody. #}{% extends "layout.html" %}
        <h1>Calls</h1>
        <p class="{% if a > b %}x{% endif %}">A seat moves <b>once</b>, from {{ old.name }} to <a href="/x">{{ new }}</a>.</p>
        {% if many %}<p>There are many.</p>{% else %}<p>{{ crate::web::icon::ACT }}There is {% if one %}one{% else %}none{% endif %}.</p>{% endif %}
        {{ form::text("name", "Name", value, "As in “Contoso”, and in full.") }}
        <p>{% if open %}The call is open.{% endif %}</p>
        <input aria-label="Search for anything here." title="Name">
        <p>Do client &amp; license<br>go together?</p>"#;
    let found: Vec<String> =
        of_template(source).iter().map(|text| one_line(text)).filter(|one| is_a_sentence(one)).collect();
    assert_eq!(
        found,
        [
            "A seat moves once, from {{ old.name }} to {{ new }}.",
            "There are many.",
            "There is [one|none].",
            "As in “Contoso”, and in full.",
            "The call is open.",
            "Search for anything here.",
        ]
    );
}

#[test]
fn what_reads_as_a_sentence_is_told_from_what_does_not() {
    for is in
        ["Say why.", "Is it so?", "Saving the call…", "“{name}” is taken.", "2 rows are left out.", "{n} are left."]
    {
        assert!(is_a_sentence(is), "{is}");
    }
    for is_not in ["Save", "Saved.", "say why.", "{a} {b}.", "Say why", "/users/{id}.", "v. 1.", ""] {
        assert!(!is_a_sentence(is_not), "{is_not}");
    }
}
