//! The functions that expressions may call: those of xCAT (`Table.pm`), and a
//! few of Perl.

use super::arithmetic::{LONGEST, Reader};

/// What an expression comes out as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A group that matched nothing.
    Nothing,
    Number(i64),
    Text(String),
}

impl Value {
    /// The number that a text begins with; 0 if it begins with none.
    pub(super) fn number(&self) -> Option<i64> {
        let text = match self {
            Self::Nothing => return Some(0),
            Self::Number(number) => return Some(*number),
            Self::Text(text) => text.trim_start(),
        };
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        match end {
            0 => Some(0),
            end => text[..text.len() - digits.len() + end].parse().ok(),
        }
    }

    pub(super) fn text(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    MkNum,
    A2Idx,
    A2ZIdx,
    Dim2Idx,
    Skip,
    IpAdd,
    Int,
    Lower,
    Upper,
    Sprintf,
}

impl Function {
    /// The function of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "mknum" => Self::MkNum,
            "a2idx" => Self::A2Idx,
            "a2zidx" => Self::A2ZIdx,
            "dim2idx" => Self::Dim2Idx,
            "skip" => Self::Skip,
            "ipadd" => Self::IpAdd,
            "int" => Self::Int,
            "lc" => Self::Lower,
            "uc" => Self::Upper,
            "sprintf" => Self::Sprintf,
            _ => return None,
        })
    }

    /// What it gives for these arguments; `None` if that has no value.
    pub(super) fn call(self, arguments: &[Value]) -> Option<Value> {
        let text = |place: usize| arguments.get(place).cloned().map(Value::text);
        let number = |place: usize| arguments.get(place)?.number();
        let letter = |first: char| -> Option<i64> {
            let letter = text(0)?.chars().next()?.to_ascii_lowercase();
            Some(i64::from(u32::from(letter)) - i64::from(u32::from(first)))
        };
        Some(Value::Number(match self {
            Self::MkNum => text(0)?.bytes().map(i64::from).sum(),
            Self::A2Idx => letter('a')? + 1,
            Self::A2ZIdx => letter('a')?,
            Self::Dim2Idx => dim2idx(arguments)?,
            Self::Skip => match skip(number(0)?, &text(1)?)? {
                same if Some(same) == number(0) => return arguments.first().cloned(),
                other => other,
            },
            Self::Int => number(0)?,
            Self::IpAdd => return ipadd(arguments).map(Value::Text),
            Self::Lower => return Some(Value::Text(text(0)?.to_lowercase())),
            Self::Upper => return Some(Value::Text(text(0)?.to_uppercase())),
            Self::Sprintf => return sprintf(arguments).map(Value::Text),
        }))
    }
}

/// One index from the indices (from 1) of nested dimensions: index, size,
/// index, size, … index. What matched nothing ends the list, as in xCAT.
fn dim2idx(arguments: &[Value]) -> Option<i64> {
    let mut index = 0i64;
    let given = arguments.iter().take_while(|a| **a != Value::Nothing);
    for (place, argument) in given.enumerate() {
        let element = argument.number()?;
        index = match place % 2 {
            0 => index.checked_add(element.checked_sub(1)?)?,
            _ => index.checked_mul(element)?,
        };
    }
    index.checked_add(1)
}

/// The index without those that are left out, `start[:count],…`; -1 for one
/// that is left out itself.
fn skip(index: i64, left_out: &str) -> Option<i64> {
    let mut result = index;
    for element in left_out.split(',').filter(|e| !e.is_empty()) {
        let (start, count) = match element.split_once(':') {
            Some((start, count)) => (start, count.trim().parse().ok()?),
            None => (element, 1),
        };
        let start: i64 = start.trim().parse().ok()?;
        if index < start {
            break;
        }
        if index < start.checked_add(count)? {
            return Some(-1);
        }
        result = result.checked_sub(count)?;
    }
    Some(result)
}

/// An address some steps on, leaving out the first and last ones of each
/// block of 256.
fn ipadd(arguments: &[Value]) -> Option<String> {
    let number = |place: usize| arguments.get(place).map_or(Some(0), Value::number);
    let (third, fourth, add) = (number(2)?, number(3)?, number(4)?);
    let (first_skipped, last_skipped) = (number(5)?, number(6)?);
    let block = 256i64
        .checked_sub(first_skipped)?
        .checked_sub(last_skipped)?;
    let offset = fourth.checked_sub(first_skipped)?.max(0).checked_add(add)?;
    let third = third.checked_add(offset.checked_div(block)?)?;
    let fourth = offset.checked_rem(block)?.checked_add(first_skipped)?;
    Some(format!("{}.{}.{third}.{fourth}", number(0)?, number(1)?))
}

/// `%d`, `%s` and `%x` with width, `0` and `-`; `%%`.
fn sprintf(arguments: &[Value]) -> Option<String> {
    let (format, mut arguments) = arguments.split_first()?;
    let format = format.clone().text();
    let mut reader = Reader::new(&format);
    let mut out = String::new();
    loop {
        out.push_str(reader.take(|c| c != '%'));
        if reader.rest.is_empty() {
            return Some(out);
        }
        reader.rest = &reader.rest[1..];
        let flags = reader.take(|c| matches!(c, '0' | '-'));
        let width = match reader.take(|c| c.is_ascii_digit()) {
            "" => 0,
            digits => digits.parse().ok().filter(|w| *w <= LONGEST)?,
        };
        let conversion = reader.rest.chars().next()?;
        reader.rest = &reader.rest[conversion.len_utf8()..];
        if conversion == '%' {
            out.push('%');
            continue;
        }
        let (argument, others) = arguments.split_first()?;
        arguments = others;
        let text = match conversion {
            'd' | 'i' | 'u' => argument.number()?.to_string(),
            'x' => format!("{:x}", argument.number()?),
            'X' => format!("{:X}", argument.number()?),
            's' => argument.clone().text(),
            _ => return None,
        };
        out.push_str(&padded(&text, width, flags));
        if out.len() > LONGEST {
            return None;
        }
    }
}

fn padded(text: &str, width: usize, flags: &str) -> String {
    if flags.contains('-') {
        format!("{text:<width$}")
    } else if flags.contains('0') {
        let (sign, digits) = text.split_at(usize::from(text.starts_with('-')));
        let width = width.saturating_sub(sign.len());
        format!("{sign}{digits:0>width$}")
    } else {
        format!("{text:>width$}")
    }
}
