//! Padded integer ranges with steps. No names, no text but digits.

use super::error::Problem;

/// Numbers of more digits are refused: they would not fit 64 bits with room to count.
const MOST_DIGITS: usize = 18;

/// The numbers from `first` to `last` (both included) by `step`, written with
/// at least `width` digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first number.
    pub first: u64,
    /// The bound; the last number is this or less than a step below.
    pub last: u64,
    /// From 1.
    pub step: u64,
    /// Digits to pad to with zeros; 0 or 1: no padding.
    pub width: usize,
}

impl Range {
    /// One number as written: `007` is 7 in three digits.
    pub fn single(digits: &str) -> Result<Self, Problem> {
        Self::between(digits, digits)
    }

    /// From `first` to `last` as written. The first number decides the
    /// padding: `01` to `10` has two digits, `1` to `03` has none, as in xCAT.
    pub fn between(first: &str, last: &str) -> Result<Self, Problem> {
        let (low, high) = (number(first)?, number(last)?);
        let texts = || (first.to_owned(), last.to_owned());
        let width = if first.len() > 1 && first.starts_with('0') {
            first.len()
        } else {
            0
        };
        if width > last.len() || (width > 0 && last.len() > width && last.starts_with('0')) {
            let (first, last) = texts();
            return Err(Problem::Padding { first, last });
        }
        if low > high {
            let (first, last) = texts();
            return Err(Problem::Backwards { first, last });
        }
        Ok(Self {
            first: low,
            last: high,
            step: 1,
            width,
        })
    }

    /// `more` numbers after the one written: `08` and 3 is 08 to 11.
    pub fn counting_on(first: &str, more: &str) -> Result<Self, Problem> {
        let one = Self::single(first)?;
        Ok(Self {
            last: one.first + number(more)?,
            ..one
        })
    }

    /// The same numbers by steps.
    pub fn by(self, step: &str) -> Result<Self, Problem> {
        match number(step) {
            Ok(step) if step > 0 => Ok(Self { step, ..self }),
            _ => Err(Problem::BadStep(step.to_owned())),
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        (self.last - self.first) / self.step + 1
    }

    /// The names with these numbers between two texts, one after the other.
    pub fn spell(&self, before: &str, after: &str, names: &mut Vec<String>) {
        let number = format!("{:0width$}", self.first, width = self.width);
        let mut name = [before, &number, after].concat().into_bytes();
        let (start, mut end) = (before.len(), before.len() + number.len());
        let mut value = self.first;
        names.reserve(usize::try_from(self.count()).unwrap_or(0));
        loop {
            // Only digits were changed, so it is text all the time.
            names.push(String::from_utf8(name.clone()).unwrap_or_default());
            value += self.step;
            if value > self.last {
                return;
            }
            let carried = add(&mut name[start..end], self.step);
            if carried > 0 {
                let carried = carried.to_string();
                name.splice(start..start, carried.bytes());
                end += carried.len();
            }
        }
    }
}

/// Adds to a decimal number in place, far cheaper than formatting each anew;
/// what does not fit any more comes back.
fn add(digits: &mut [u8], mut step: u64) -> u64 {
    for digit in digits.iter_mut().rev() {
        let sum = u64::from(*digit - b'0') + step;
        *digit = b'0' + (sum % 10) as u8;
        step = sum / 10;
        if step == 0 {
            break;
        }
    }
    step
}

fn number(digits: &str) -> Result<u64, Problem> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::NotNumbers(digits.to_owned()));
    }
    if digits.len() > MOST_DIGITS {
        return Err(Problem::TooLarge(digits.to_owned()));
    }
    digits
        .parse()
        .map_err(|_| Problem::TooLarge(digits.to_owned()))
}
