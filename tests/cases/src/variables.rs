//! What a case's author leaves to the machine that runs it: variables (`$$CN`)
//! and inline functions (`__GETNODEATTR($$CN,os)__`).

use std::sync::LazyLock;

use regex::Regex;

/// The variables there are. The names that stand here are defined in
/// `site.stanza`.
const VARIABLES: [(&str, &str); 9] = [
    ("CN", "casecn1"),
    ("C2", "casecn2"),
    ("SN", "casesn1"),
    ("MN", "casemn"),
    ("CEC", "casecec1"),
    ("OS", "rhels"),
    ("ARCH", "ppc"),
    ("HCP", "hmc"),
    ("TYPE", "lpar"),
];

#[expect(clippy::expect_used, reason = "the tests compile it")]
static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\$(\w+)").expect("a fixed pattern"));

#[expect(clippy::expect_used, reason = "the tests compile it")]
static FUNCTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"__(\w+?)\(([^()]*)\)__").expect("a fixed pattern"));

/// The value of a variable.
pub fn variable(name: &str) -> Option<&'static str> {
    VARIABLES
        .into_iter()
        .find_map(|(n, value)| (n == name).then_some(value))
}

/// Puts values in the place of variables.
///
/// # Errors
/// A variable that has no value here: its name.
pub fn variables(text: &str) -> Result<String, String> {
    replace(text, &VARIABLE, |words| {
        variable(words[0])
            .map(str::to_owned)
            .ok_or_else(|| format!("$${}", words[0]))
    })
}

/// Puts answers in the place of inline functions; `call` gets a function's
/// name and its arguments.
///
/// # Errors
/// Those of `call`.
pub fn functions(
    text: &str,
    mut call: impl FnMut(&str, &[&str]) -> Result<String, String>,
) -> Result<String, String> {
    replace(text, &FUNCTION, |words| {
        let arguments: Vec<&str> = words[1].split(',').map(str::trim).collect();
        call(words[0], &arguments)
    })
}

fn replace(
    text: &str,
    pattern: &Regex,
    mut value: impl FnMut(&[&str]) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::new();
    let mut end = 0;
    for found in pattern.captures_iter(text) {
        let groups: Vec<&str> = found
            .iter()
            .skip(1)
            .map(|g| g.map_or("", |g| g.as_str()))
            .collect();
        let whole = found.get_match();
        out.push_str(&text[end..whole.start()]);
        out.push_str(&value(&groups)?);
        end = whole.end();
    }
    out.push_str(&text[end..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_get_their_values_or_are_named() {
        assert_eq!(
            variables("lsdef $$CN,$$SN -i $x").unwrap(),
            "lsdef casecn1,casesn1 -i $x"
        );
        assert_eq!(variables("ping $$VIP"), Err("$$VIP".into()));
    }

    #[test]
    fn functions_are_called_with_their_arguments() {
        let called = |text: &str| {
            functions(text, |name, arguments| match name {
                "GETNODEATTR" => Ok(arguments.join("/")),
                _ => Err(name.to_owned()),
            })
        };
        assert_eq!(
            called("a __GETNODEATTR(casecn1, os)__-__GETNODEATTR(n,arch)__-x").unwrap(),
            "a casecn1/os-n/arch-x"
        );
        assert_eq!(called("__MAGIC(1)__"), Err("MAGIC".into()));
        assert_eq!(called("a __b__ (c)").unwrap(), "a __b__ (c)");
    }
}
