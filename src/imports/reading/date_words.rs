//! The words of a written date: a small scanner for every form the exports use.

use super::dates::{Day, Written};

/// What is left of a date's text.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// The moment the whole text says.
    pub(super) fn moment(self) -> Option<Written> {
        match self.rest.first()? {
            b'/' | b'\\' => self.script(),
            _ => self.cim().or_else(|| self.calendar()),
        }
    }

    /// `yyyymmddHHMMSS.ffffff±ooo`, the offset in minutes: how WMI writes a moment.
    fn cim(mut self) -> Option<Written> {
        let year = self.number(4)?;
        let (month, day) = (self.number(2)?, self.number(2)?);
        let (hour, minute, second) = (self.number(2)?, self.number(2)?, self.number(2)?);
        self.eat(b'.').then_some(())?;
        let fraction = self.take_while(|byte| byte.is_ascii_digit() || byte == b'*');
        let sign = if self.eat(b'+') {
            1
        } else if self.eat(b'-') {
            -1
        } else {
            return None;
        };
        let minutes = self.number(3)?;
        if fraction != 6 || !self.rest.is_empty() {
            return None;
        }
        let day = Day::Certain { year: narrow(year)?, month: narrow(month)?, day: narrow(day)? };
        Some(Written {
            day,
            second: clock(hour, minute, second)?,
            offset: Some(sign * i32::try_from(minutes).ok()? * 60),
        })
    }

    /// `/Date(ms)/` with an offset that says nothing, for the milliseconds are UTC: how JSON of PowerShell 5.1 writes one.
    fn script(mut self) -> Option<Written> {
        self.eat(b'\\');
        self.rest = self.rest.strip_prefix(b"/Date(")?;
        let negative = self.eat(b'-');
        let mut milliseconds = 0_i64;
        let mut digits = 0;
        while let Some(digit) = self.digit() {
            milliseconds = milliseconds.checked_mul(10)?.checked_add(i64::from(digit))?;
            digits += 1;
        }
        if self.eat(b'+') || self.eat(b'-') {
            self.number(4)?;
        }
        let closed = matches!(self.rest, b")/" | b")\\/");
        let milliseconds = if negative { -milliseconds } else { milliseconds };
        let day = Day::Unix(milliseconds.div_euclid(1000));
        (closed && digits > 0).then_some(Written { day, second: 0, offset: None })
    }

    /// A date of three numbers, and perhaps a time: ISO 8601 and what cultures make of it.
    fn calendar(mut self) -> Option<Written> {
        let day = self.day()?;
        let mut written = Written { day, second: 0, offset: None };
        if self.rest.is_empty() {
            return Some(written);
        }
        self.eat(b',');
        if !self.eat(b'T') && !self.eat(b't') && !self.eat(b' ') {
            return None;
        }
        self.blanks();
        let (mut hour, hour_digits) = self.digits(2);
        let separator = if self.eat(b':') { b':' } else { self.eat(b'.').then_some(b'.')? };
        let minute = self.number(2)?;
        let second = if self.eat(separator) { self.number(2)? } else { 0 };
        if (self.eat(b'.') || self.eat(b',')) && self.take_while(|byte| byte.is_ascii_digit()) == 0 {
            return None;
        }
        self.blanks();
        if let Some(afternoon) = self.half() {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        self.blanks();
        written.offset = self.offset()?;
        written.second = clock(hour, minute, second)?;
        (hour_digits > 0 && self.rest.is_empty()).then_some(written)
    }

    fn day(&mut self) -> Option<Day> {
        let (first, first_digits) = self.digits(4);
        let separator = *self.rest.first()?;
        if !matches!(separator, b'-' | b'/' | b'.') || first_digits == 0 {
            return None;
        }
        self.eat(separator);
        let (second, second_digits) = self.digits(2);
        let separated = self.eat(separator);
        let (third, third_digits) = self.digits(4);
        if !separated || second_digits == 0 {
            return None;
        }
        match (first_digits, third_digits, separator) {
            (4, 1 | 2, _) => Some(Day::Certain { year: narrow(first)?, month: narrow(second)?, day: narrow(third)? }),
            (1 | 2, 4, b'.') => {
                Some(Day::Certain { year: narrow(third)?, month: narrow(second)?, day: narrow(first)? })
            }
            (1 | 2, 4, _) => Some(Day::Turned { first: narrow(first)?, second: narrow(second)?, year: narrow(third)? }),
            _ => None,
        }
    }

    /// AM or PM: whether the time is in the afternoon.
    fn half(&mut self) -> Option<bool> {
        let letters = |word: &[u8]| -> Option<bool> {
            match word {
                [b'a' | b'A', b'm' | b'M'] => Some(false),
                [b'p' | b'P', b'm' | b'M'] => Some(true),
                _ => None,
            }
        };
        let plain = self.rest.get(..2).and_then(letters);
        let dotted = match self.rest {
            [half, b'.', m, b'.', ..] | [half, b'.', b' ', m, b'.', ..] => letters(&[*half, *m]),
            _ => None,
        };
        let length = if plain.is_some() {
            2
        } else if self.rest.get(2) == Some(&b' ') {
            5
        } else {
            4
        };
        let found = plain.or(dotted)?;
        self.rest = self.rest.get(length..)?;
        Some(found)
    }

    /// `Z`, `±hh`, `±hhmm` or `±hh:mm` in seconds east of UTC; the outer none is a broken offset.
    #[expect(clippy::option_option, reason = "no offset and a broken offset are two answers")]
    fn offset(&mut self) -> Option<Option<i32>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        if self.eat(b'Z') || self.eat(b'z') {
            return Some(Some(0));
        }
        let sign = if self.eat(b'+') {
            1
        } else if self.eat(b'-') {
            -1
        } else {
            return None;
        };
        let hours = self.number(2)?;
        let minutes = if self.eat(b':') || !self.rest.is_empty() { self.number(2)? } else { 0 };
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        (hours <= 23 && minutes <= 59).then_some(Some(sign * seconds))
    }

    fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn blanks(&mut self) {
        while self.eat(b' ') {}
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> usize {
        let mut taken = 0;
        while let Some((_, rest)) = self.rest.split_first().filter(|(byte, _)| keep(**byte)) {
            self.rest = rest;
            taken += 1;
        }
        taken
    }

    fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        let digit = first.is_ascii_digit().then(|| first - b'0')?;
        self.rest = rest;
        Some(digit)
    }

    /// Up to so many digits: their number, and how many there were.
    fn digits(&mut self, most: usize) -> (u32, usize) {
        let (mut number, mut count) = (0, 0);
        while count < most {
            let Some(digit) = self.digit() else { break };
            number = number * 10 + u32::from(digit);
            count += 1;
        }
        (number, count)
    }

    /// Exactly so many digits.
    fn number(&mut self, count: usize) -> Option<u32> {
        let (number, found) = self.digits(count);
        (found == count).then_some(number)
    }
}

/// Seconds since midnight.
fn clock(hour: u32, minute: u32, second: u32) -> Option<u32> {
    (hour <= 23 && minute <= 59 && second <= 59).then_some(hour * 3600 + minute * 60 + second)
}

fn narrow<T: TryFrom<u32>>(number: u32) -> Option<T> {
    T::try_from(number).ok()
}
