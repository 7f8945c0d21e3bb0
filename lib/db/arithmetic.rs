//! The expressions in parentheses of `|pattern|replacement|` values.
//!
//! xCAT hands them to Perl with `use integer`; here they are a small language
//! of their own, and nothing else is understood: numbers, quoted texts, bare
//! words, `$1` or `\1`, `+ - * / %` with C's precedence, unary minus,
//! parentheses, and the functions `mknum a2idx a2zidx dim2idx skip ipadd`
//! (xCAT: `Table.pm`), `int`, `lc`, `uc` and `sprintf` with `%d %s %x`.
//! Numbers are 64-bit integers. What overflows, divides by zero or is not
//! understood has no value.

use super::functions::{Function, Value};

/// So deep may parentheses and signs be nested.
const DEPTH: usize = 50;

/// So many operators may an expression have: its tree is as deep.
const OPERATORS: usize = 1000;

/// The longest text that an expression may come out as, in bytes.
pub(super) const LONGEST: usize = 4096;

/// An expression, ready to be worked out for many names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Text(String),
    Number(i64),
    /// What a group of the pattern matched.
    Group(usize),
    Negative(Box<Self>),
    Sum(Box<Self>, Operator, Box<Self>),
    Call(Function, Vec<Self>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}

/// Reads an expression; `None` if it is not one.
pub(super) fn parse(text: &str) -> Option<Expression> {
    let mut reader = Reader::new(text);
    let expression = reader.expression(0, DEPTH)?;
    reader.blanks();
    reader.rest.is_empty().then_some(expression)
}

/// Reads a text from its beginning.
pub(super) struct Reader<'t> {
    pub(super) rest: &'t str,
    /// How many operators may come.
    operators: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            rest: text,
            operators: OPERATORS,
        }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: char) -> Option<()> {
        self.blanks();
        self.rest = self.rest.strip_prefix(sign)?;
        Some(())
    }

    /// Takes the longest beginning whose characters all fit.
    pub(super) fn take(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Operators that bind at least as strongly as `level`.
    fn expression(&mut self, level: u8, depth: usize) -> Option<Expression> {
        let depth = depth.checked_sub(1)?;
        let mut left = self.operand(depth)?;
        loop {
            self.blanks();
            let (operator, strength) = match self.rest.chars().next() {
                Some('+') => (Operator::Plus, 1),
                Some('-') => (Operator::Minus, 1),
                Some('*') => (Operator::Times, 2),
                Some('/') => (Operator::Divide, 2),
                Some('%') => (Operator::Remainder, 2),
                _ => return Some(left),
            };
            if strength < level {
                return Some(left);
            }
            self.rest = &self.rest[1..];
            self.operators = self.operators.checked_sub(1)?;
            let right = self.expression(strength + 1, depth)?;
            left = Expression::Sum(left.into(), operator, right.into());
        }
    }

    fn operand(&mut self, depth: usize) -> Option<Expression> {
        let depth = depth.checked_sub(1)?;
        self.blanks();
        let first = self.rest.chars().next()?;
        match first {
            '(' => {
                self.eat('(')?;
                let inner = self.expression(0, depth)?;
                self.eat(')')?;
                Some(inner)
            }
            '-' => {
                self.eat('-')?;
                Some(Expression::Negative(self.operand(depth)?.into()))
            }
            '+' => {
                self.eat('+')?;
                self.operand(depth)
            }
            '$' | '\\' => {
                self.rest = &self.rest[1..];
                let braced = first == '$' && self.eat('{').is_some();
                let number = self.take(|c| c.is_ascii_digit()).parse().ok()?;
                if braced {
                    self.eat('}')?;
                }
                Some(Expression::Group(number))
            }
            '\'' | '"' => {
                self.rest = &self.rest[1..];
                let text = self.take(|c| c != first);
                self.eat(first)?;
                Some(Expression::Text(text.to_owned()))
            }
            '0'..='9' => number(self.take(|c| c.is_ascii_digit())),
            _ => self.word(depth),
        }
    }

    /// A function with its arguments, or a word that stands for itself.
    fn word(&mut self, depth: usize) -> Option<Expression> {
        let word = self.take(|c| c.is_ascii_alphanumeric() || c == '_');
        if word.is_empty() {
            return None;
        }
        if self.eat('(').is_none() {
            return Some(Expression::Text(word.to_owned()));
        }
        let mut arguments = Vec::new();
        if self.eat(')').is_none() {
            loop {
                arguments.push(self.expression(0, depth)?);
                if self.eat(',').is_none() {
                    break;
                }
            }
            self.eat(')')?;
        }
        Some(Expression::Call(Function::named(word)?, arguments))
    }
}

/// A number; one that begins with 0 is octal, as in Perl and C.
fn number(digits: &str) -> Option<Expression> {
    let value = match digits.strip_prefix('0') {
        None | Some("") => digits.parse(),
        Some(octal) => i64::from_str_radix(octal, 8),
    };
    value.ok().map(Expression::Number)
}

impl Expression {
    /// The expression's text, with `group` telling what a group of the pattern
    /// matched (nothing counts as an empty text, and that as 0).
    pub(super) fn text<'g>(&self, group: &dyn Fn(usize) -> Option<&'g str>) -> Option<String> {
        let text = self.value(group)?.text();
        (text.len() <= LONGEST).then_some(text)
    }

    fn value<'g>(&self, group: &dyn Fn(usize) -> Option<&'g str>) -> Option<Value> {
        Some(match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Number(number) => Value::Number(*number),
            Self::Group(number) => {
                group(*number).map_or(Value::Nothing, |g| Value::Text(g.to_owned()))
            }
            Self::Negative(inner) => Value::Number(inner.value(group)?.number()?.checked_neg()?),
            Self::Sum(left, operator, right) => {
                let left = left.value(group)?.number()?;
                let right = right.value(group)?.number()?;
                Value::Number(match operator {
                    Operator::Plus => left.checked_add(right)?,
                    Operator::Minus => left.checked_sub(right)?,
                    Operator::Times => left.checked_mul(right)?,
                    Operator::Divide => left.checked_div(right)?,
                    Operator::Remainder => left.checked_rem(right)?,
                })
            }
            Self::Call(function, arguments) => {
                let arguments: Option<Vec<Value>> =
                    arguments.iter().map(|a| a.value(group)).collect();
                function.call(&arguments?)?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_very_many_numbers_has_no_value() {
        let sum = |count: usize| format!("1{}", "+1".repeat(count));
        assert_eq!(worked_out(&sum(OPERATORS)), Some("1001".into()));
        assert_eq!(worked_out(&sum(OPERATORS + 1)), None);
        assert_eq!(worked_out(&sum(2_000_000)), None);
        let nested = format!("{}1{}", "(1+".repeat(500_000), ")".repeat(500_000));
        assert_eq!(worked_out(&nested), None);
    }

    fn worked_out(text: &str) -> Option<String> {
        let groups = ["", "07", "c", "12ab"];
        parse(text)?.text(&|number| groups.get(number).copied())
    }

    #[test]
    fn integers_follow_c() {
        for (text, want) in [
            ("1+2*3", "7"),
            ("(1+2)*3", "9"),
            ("7/2", "3"),
            ("-7/2", "-3"),
            ("-7%3", "-1"),
            ("10-3-2", "5"),
            ("100/10/2", "5"),
            ("2--3", "5"),
            ("010", "8"),
            ("$1", "07"),
            ("$1+0", "7"),
            ("\\1+${1}", "14"),
            ("$3 * 2", "24"),
            ("$2+1", "1"),
            ("$9+0", "0"),
            ("'a b'", "a b"),
            ("word", "word"),
        ] {
            assert_eq!(worked_out(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn the_functions_are_those_of_xcat() {
        for (text, want) in [
            ("mknum('ab')", "195"),
            ("a2idx('a')", "1"),
            ("a2idx($2)", "3"),
            ("a2zidx('B')", "1"),
            ("dim2idx(2, 10, 3, 8, 4, 8, 5)", "797"),
            ("dim2idx(2,4,1)", "5"),
            ("skip(10, '3')", "9"),
            ("skip(10, '3:2')", "8"),
            ("skip(10, '3:2,6')", "7"),
            ("skip(4, '3:2')", "-1"),
            ("skip(2, '3:2')", "2"),
            ("skip($1, '8')", "07"),
            ("dim2idx($1, 4, $9)", "25"),
            ("ipadd(10, 10, 10, 10, 0, 0, 0)", "10.10.10.10"),
            ("ipadd(10, 10, 10, 10, 10, 0, 0)", "10.10.10.20"),
            ("ipadd(10, 10, 10, 10, 245, 0, 0)", "10.10.10.255"),
            ("ipadd(10, 10, 10, 10, 246, 0, 0)", "10.10.11.0"),
            ("ipadd(10,0,0,1,254,1,1)", "10.0.1.1"),
            ("sprintf('%02d',(15-1)/14+1)", "02"),
            ("sprintf(\"%s-%03d%%\", 'x', $1)", "x-007%"),
        ] {
            assert_eq!(worked_out(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_is_none() {
        let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
        for text in [
            "",
            "1+",
            "1/0",
            "1%0",
            "9223372036854775807+1",
            "99999999999999999999",
            "08",
            "system('x')",
            "`x`",
            "1;2",
            "(1",
            "'open",
            "sprintf('%n',1)",
            "sprintf('%9999999999d',1)",
            "skip(1,'a')",
            "ipadd(1,2,3,4,5,128,128)",
            &deep,
        ] {
            assert_eq!(worked_out(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-+*/%()$\\\\,'0-9a-z ]{0,40}") {
            let _ = worked_out(&text);
        }
    }
}
