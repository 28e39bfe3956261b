//! Walking the chain from its first line to its last.

use super::line::{Line, Tail};
use super::store::COLUMNS;
use crate::db::{Db, Tx};
use crate::moment::Moment;
use crate::web::error::Outcome;

/// How many lines that are wrong are named; more than that need no list to be believed.
const NAMED: usize = 20;

/// How many lines one statement reads.
const AT_ONCE: i64 = 1_000;

/// The number of the last line when the chain is whole; else what is wrong with it, one sentence for each line that was
/// changed, is missing or out of order, 20 of them at most.
pub async fn verify(db: &Db) -> Outcome<Result<i64, Vec<String>>> {
    verify_in(&mut db.snapshot().await?).await
}

/// [`verify`] within a change or a snapshot that is open already.
pub async fn verify_in(tx: &mut Tx) -> Outcome<Result<i64, Vec<String>>> {
    let mut walk = Walk { last: Tail { line: 0, at: Moment(0), hash: String::new() }, wrong: Vec::new() };
    loop {
        let lines: Vec<Line> = tx
            .sql("select ")
            .push(COLUMNS)
            .push_bind(" from history h where h.id > ?", walk.last.line)
            .push_limit(" order by h.id limit ?", AT_ONCE)
            .all()
            .await?;
        if lines.is_empty() || walk.is_over() {
            break;
        }
        for line in lines {
            walk.step(line);
        }
    }
    let tail: Tail = tx.sql("select line, at, hash from history_tail where id = 1").one().await?;
    Ok(walk.end(&tail))
}

/// How far the walk has come.
struct Walk {
    last: Tail,
    wrong: Vec<String>,
}

impl Walk {
    fn is_over(&self) -> bool {
        self.wrong.len() > NAMED
    }

    /// A line says the hash of the one before, so that what follows a changed line is not wrong itself. After a gap there
    /// is nothing to compare it with.
    fn step(&mut self, line: Line) {
        let follows = line.id == self.last.line + 1;
        if !follows {
            self.wrong.push(missing(self.last.line + 1, line.id - 1));
        }
        if line.hash != line.expected_hash() {
            self.wrong.push(format!("Line {} of history was changed after it was written.", line.id));
        } else if follows && line.previous_hash != self.last.hash {
            self.wrong.push(broken(line.id));
        }
        self.last = Tail { line: line.id, at: line.at, hash: line.hash };
    }

    fn end(mut self, tail: &Tail) -> Result<i64, Vec<String>> {
        if self.is_over() {
            self.wrong.truncate(NAMED);
            self.wrong.push("More of history is wrong; the rest was not looked at.".into());
            return Err(self.wrong);
        }
        if tail.line != self.last.line {
            let (ends, written) = (self.last.line, tail.line);
            self.wrong.push(format!("History ends with line {ends}, but line {written} was the last one written."));
        } else if tail.hash != self.last.hash {
            self.wrong.push(format!("Line {}, history’s last, is not the one that was written last.", tail.line));
        }
        if self.wrong.is_empty() { Ok(tail.line) } else { Err(self.wrong) }
    }
}

fn missing(first: i64, last: i64) -> String {
    if first == last {
        return format!("Line {first} of history is missing.");
    }
    format!("Lines {first} to {last} of history are missing.")
}

fn broken(line: i64) -> String {
    if line == 1 {
        return "Line 1 of history does not begin the chain: it was changed after it was written.".into();
    }
    let before = line - 1;
    format!(
        "Line {line} of history does not follow from line {before}: one of the two was changed after it was written."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An unbroken chain of so many lines.
    fn chain(most: i64) -> Vec<Line> {
        let mut previous_hash = String::new();
        let link = |id| {
            let mut line = Line {
                id,
                at: Moment(id),
                effective_on: None,
                actor: "Ada".into(),
                action: "client changed".into(),
                subject_kind: "client".into(),
                subject_id: 1,
                before: None,
                after: None,
                reason: None,
                import_id: None,
                previous_hash: previous_hash.clone(),
                hash: String::new(),
            };
            line.hash = line.expected_hash();
            previous_hash.clone_from(&line.hash);
            line
        };
        (1..=most).map(link).collect()
    }

    fn walked(lines: Vec<Line>, tail: &Line) -> Vec<String> {
        let mut walk = Walk { last: Tail { line: 0, at: Moment(0), hash: String::new() }, wrong: Vec::new() };
        for line in lines {
            walk.step(line);
        }
        let tail = Tail { line: tail.id, at: tail.at, hash: tail.hash.clone() };
        walk.end(&tail).err().unwrap_or_default()
    }

    #[test]
    fn every_line_that_is_wrong_is_named_and_those_after_it_are_not() {
        let mut lines = chain(12);
        let tail = lines[11].clone();
        assert!(walked(lines.clone(), &tail).is_empty());
        lines[1].actor = "Mallory".into();
        lines[8].reason = Some("no reason".into());
        lines[10].actor = "Mallory".into();
        lines[10].hash = lines[10].expected_hash();
        lines.drain(4..6);
        lines.remove(0);
        let changed = |n| format!("Line {n} of history was changed after it was written.");
        let expected = [
            "Line 1 of history is missing.".into(),
            changed(2),
            "Lines 5 to 6 of history are missing.".into(),
            changed(9),
            broken(12),
        ];
        assert_eq!(walked(lines, &tail), expected);
    }

    #[test]
    fn no_more_than_twenty_are_named_and_a_new_last_line_is_noticed() {
        let lines = chain(60);
        let tail = lines[59].clone();
        let changed = |line: &Line| Line { actor: "Mallory".into(), ..line.clone() };
        let wrong = walked(lines.iter().map(changed).collect(), &tail);
        assert_eq!((wrong.len(), wrong[20].as_str()), (21, "More of history is wrong; the rest was not looked at."));
        let mut short = chain(3);
        let tail = short[2].clone();
        short[2].actor = "Mallory".into();
        short[2].hash = short[2].expected_hash();
        assert_eq!(walked(short, &tail), ["Line 3, history’s last, is not the one that was written last."]);
    }
}
