//! What is reckoned from the whole register is kept until the next change: every change writes a line of history and every
//! import takes a look at findings, so that a number says whether anything is another by now, on whichever copy of the program
//! it was changed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use super::store;
use crate::db::Db;
use crate::web::error::Outcome;

/// Answers that are kept at once; with one more, all others are forgotten.
const MOST: usize = 8;

/// Answers to questions of one kind, as of one standing of the register.
#[derive(Debug)]
pub struct Kept<Q, A> {
    answers: Mutex<Answers<Q, A>>,
}

#[derive(Debug)]
struct Answers<Q, A> {
    /// [`store::standing`] when they were reckoned.
    standing: i64,
    of: HashMap<Q, Arc<A>>,
}

impl<Q, A> Default for Kept<Q, A> {
    fn default() -> Kept<Q, A> {
        Kept { answers: Mutex::new(Answers { standing: 0, of: HashMap::new() }) }
    }
}

impl<Q: Eq + Hash, A> Kept<Q, A> {
    /// The answer, reckoned anew if anything was recorded since it was last.
    ///
    /// # Errors
    /// What reckoning it says.
    pub async fn answer(&self, db: &Db, question: Q, reckon: impl Future<Output = Outcome<A>>) -> Outcome<Arc<A>> {
        // Looked at first: what is recorded while it is reckoned makes the answer newer than that, never older.
        let standing = store::standing(db).await?;
        if let Some(answer) = self.find(standing, &question) {
            return Ok(answer);
        }
        let answer = Arc::new(reckon.await?);
        self.keep(standing, question, &answer);
        Ok(answer)
    }

    fn find(&self, standing: i64, question: &Q) -> Option<Arc<A>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.of.get(question).filter(|_| answers.standing == standing).cloned()
    }

    fn keep(&self, standing: i64, question: Q, answer: &Arc<A>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.standing < standing || answers.of.len() == MOST {
            *answers = Answers { standing: answers.standing.max(standing), of: HashMap::new() };
        }
        if answers.standing == standing {
            answers.of.insert(question, answer.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_the_next_change_and_an_older_one_never_takes_its_place() {
        let kept: Kept<&str, i64> = Kept::default();
        assert_eq!(kept.find(0, &"a"), None);
        kept.keep(7, "a", &Arc::new(1));
        kept.keep(7, "b", &Arc::new(2));
        let found = |standing| kept.find(standing, &"a").map(|answer| *answer);
        assert_eq!((found(7), found(8), found(6)), (Some(1), None, None));
        kept.keep(8, "a", &Arc::new(3));
        // Somebody who began before that change comes late.
        kept.keep(7, "a", &Arc::new(4));
        assert_eq!((found(8), found(7)), (Some(3), None));
        assert_eq!(kept.find(8, &"b"), None);
    }

    #[test]
    fn only_a_few_are_kept() {
        let kept: Kept<usize, usize> = Kept::default();
        for question in 0..=MOST {
            kept.keep(1, question, &Arc::new(question));
        }
        assert_eq!(kept.find(1, &MOST).map(|answer| *answer), Some(MOST));
        assert_eq!(kept.find(1, &(MOST - 1)), None);
    }
}
