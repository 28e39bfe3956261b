//! Date order: whether 03/05/2024 is 3 May or 5 March, as the whole file proves it or a person says it.

use super::dates::{Proof, Written};
use serde::{Deserialize, Serialize};

/// Which number comes first in a date such as 03/05/2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 03/05/2024 is 3 May, as in most of the world.
    DayFirst,
    /// 03/05/2024 is 5 March, as in the United States.
    MonthFirst,
}

/// A date as the file writes it, and the line it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The date as the file writes it.
    pub text: String,
    /// The line of the row, counted from 1.
    pub line: u64,
}

/// What the dates of a whole file say about their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dates {
    /// No date of the file needs an order.
    NoneNeeded,
    /// Some date of the file can only be read in this order.
    Known(DateOrder),
    /// Some date can be read in two ways and nothing in the file proves one of them: ask.
    Ambiguous {
        /// The first date that can be read in two ways.
        example: String,
        /// The line of its row, counted from 1.
        line: u64,
    },
    /// The file has dates that can only be read day first and others that can only be read month first.
    Contradictory {
        /// The first date that can only be read day first.
        day_first: Example,
        /// The first date that can only be read month first.
        month_first: Example,
    },
}

impl Dates {
    /// The order the file itself proves.
    pub fn order(&self) -> Option<DateOrder> {
        match self {
            Self::Known(order) => Some(*order),
            Self::NoneNeeded | Self::Ambiguous { .. } | Self::Contradictory { .. } => None,
        }
    }
}

/// What was seen of a file's dates so far.
#[derive(Default)]
pub(super) struct Evidence {
    day_first: Option<Example>,
    month_first: Option<Example>,
    open: Option<Example>,
}

impl Evidence {
    /// Looks at one date cell; the date of an expiry that means never says nothing.
    pub(super) fn see(&mut self, text: &str, line: u64, expiry: bool) {
        let Some(written) = Written::parse(text) else {
            return;
        };
        if expiry && written.is_never() {
            return;
        }
        let place = match written.proof() {
            Proof::NotNeeded => return,
            Proof::Of(DateOrder::DayFirst) => &mut self.day_first,
            Proof::Of(DateOrder::MonthFirst) => &mut self.month_first,
            Proof::Open => &mut self.open,
        };
        place.get_or_insert_with(|| Example { text: text.to_owned(), line });
    }

    pub(super) fn verdict(self) -> Dates {
        match (self.day_first, self.month_first, self.open) {
            (Some(day_first), Some(month_first), _) => Dates::Contradictory { day_first, month_first },
            (Some(_), None, _) => Dates::Known(DateOrder::DayFirst),
            (None, Some(_), _) => Dates::Known(DateOrder::MonthFirst),
            (None, None, Some(open)) => Dates::Ambiguous { example: open.text, line: open.line },
            (None, None, None) => Dates::NoneNeeded,
        }
    }
}
