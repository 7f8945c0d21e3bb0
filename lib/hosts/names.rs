//! The names of one address (xCAT: `hosts.pm`, `build_line`).

/// In which order names stand in a line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// The name with its domain comes first.
    pub long_first: bool,
    /// Further names come first.
    pub others_first: bool,
    /// Further names are written with the domain, too.
    pub add_domain: bool,
}

/// The short name of a host, and all names of its line. The first of the
/// other names that has a dot is the long name.
///
/// # Errors
/// A name is none, as a sentence.
pub(super) fn names(
    host: &str,
    others: &str,
    domain: &str,
    style: Style,
) -> Result<(String, Vec<String>), String> {
    let with_domain = format!(".{domain}");
    let split = host.len().saturating_sub(with_domain.len());
    let ending = host.get(split..).filter(|_| split > 0);
    let is_long = ending.is_some_and(|end| end.eq_ignore_ascii_case(&with_domain));
    let short = if is_long { &host[..split] } else { host };
    if short.contains('.') {
        return Err(format!(
            "Invalid short node name '{short}': what stands before the domain '{domain}' has no dot"
        ));
    }
    let mut long = is_long.then(|| host.to_owned());
    let mut further: Vec<String> = Vec::new();
    let mut completed: Vec<String> = Vec::new();
    let others = others.split([',', ' ', '\t', '\n']);
    for name in others.filter(|name| !name.is_empty()) {
        if name == host || *name == *format!("{host}{with_domain}") {
            continue;
        }
        if name.contains('.') && long.is_none() {
            long = Some(name.to_owned());
            continue;
        }
        if style.add_domain && !name.contains('.') {
            completed.push(format!("{name}{with_domain}"));
        }
        further.push(name.to_owned());
    }
    let long = long.unwrap_or_else(|| format!("{short}{with_domain}"));
    let further = completed.into_iter().chain(further);
    let own = [short.to_owned(), long.clone()];
    let all: Vec<String> = match style {
        Style {
            long_first: true, ..
        } => [long, short.to_owned()]
            .into_iter()
            .chain(further)
            .collect(),
        Style {
            others_first: true, ..
        } => further.chain([long, short.to_owned()]).collect(),
        _ => own.into_iter().chain(further).collect(),
    };
    let mut names: Vec<String> = Vec::with_capacity(all.len());
    for name in all {
        if !is_host_name(&name) {
            return Err(format!("'{name}' is not a host name"));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok((short.to_owned(), names))
}

/// Letters, digits, `-` and `_` in parts divided by dots.
fn is_host_name(name: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let part = |p: &str| !p.is_empty() && p.len() < 64 && p.chars().all(sign);
    name.len() < 254 && name.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(host: &str, others: &str, style: Style) -> Result<String, String> {
        names(host, others, "x.org", style).map(|(_, names)| names.join(" "))
    }

    #[test]
    fn names_stand_in_the_order_that_is_wanted() {
        let plain = Style::default();
        let (mut long, mut others, mut domain) = (plain, plain, plain);
        long.long_first = true;
        others.others_first = true;
        domain.add_domain = true;
        for (host, further, style, want) in [
            ("n1", "", plain, "n1 n1.x.org"),
            ("n1", "a, b", plain, "n1 n1.x.org a b"),
            ("n1", "n1.x.org n1 a", plain, "n1 n1.x.org a"),
            ("n1", "n1.y.org,n1.z.org", plain, "n1 n1.y.org n1.z.org"),
            ("n1.X.org", "a", plain, "n1 n1.X.org a"),
            ("n1", "a", long, "n1.x.org n1 a"),
            ("n1", "a", others, "a n1.x.org n1"),
            ("n1", "a,b.c", domain, "n1 b.c a.x.org a"),
        ] {
            assert_eq!(
                line(host, further, style).unwrap(),
                want,
                "{host} {further}"
            );
        }
    }

    #[test]
    fn what_would_break_a_line_is_refused() {
        for (host, further) in [
            ("n1.y", ""),
            ("n#1", ""),
            ("n1", "a\u{b}b"),
            ("n1", "#"),
            ("n1", "a..b"),
            ("n1", "é"),
            ("", ""),
        ] {
            assert!(
                line(host, further, Style::default()).is_err(),
                "{host} {further}"
            );
        }
    }
}
