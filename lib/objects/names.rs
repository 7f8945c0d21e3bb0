//! Names that objects may have.

use std::net::IpAddr;

use super::kind::{Form, Kind};
use super::read::CLUSTERSITE;

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadName {
    /// A node's name has a `.`, which would make it a name with a domain.
    Domain,
    /// It has characters that the type does not allow.
    Characters,
}

/// Checks the name of an object that is to be made. Nodes are named by
/// letters, digits, `-` and `_`; a group's name may not mean anything else in
/// a noderange; other objects take what can stand in a stanza file.
pub fn check(kind: &Kind, name: &str) -> Result<(), BadName> {
    let good = match kind.form {
        Form::Node => {
            if name.contains('.') {
                return Err(BadName::Domain);
            }
            is_node_name(name) || name.parse::<IpAddr>().is_ok()
        }
        Form::Group => is_group_name(name),
        Form::Site => name == CLUSTERSITE,
        _ => name.trim() == name && !name.contains(|c: char| c.is_control() || c == '='),
    };
    match good && !name.is_empty() {
        true => Ok(()),
        false => Err(BadName::Characters),
    }
}

fn is_node_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.chars().all(allowed) && !name.starts_with('-')
}

/// Whether a noderange can name a node that is called so.
pub fn is_nameable(name: &str) -> bool {
    let meaning = |c: char| c.is_control() || c.is_whitespace() || ",@()[]=~".contains(c);
    !name.is_empty() && !name.contains(meaning) && !name.starts_with(['-', '^', '/'])
}

/// Whether a noderange of this text is just this name.
fn is_group_name(name: &str) -> bool {
    let meaning = |c: char| c.is_control() || c.is_whitespace() || ",@^/()[]=!~:+*".contains(c);
    let plain = !name.contains(meaning) && !name.starts_with('-');
    plain && !is_range(name)
}

/// Whether `a1-a3` in the name would be expanded: both sides alike but for a
/// number.
fn is_range(name: &str) -> bool {
    name.match_indices('-').any(|(place, _)| {
        let (left, right) = (&name[..place], &name[place + 1..]);
        let shape = |text: &str| text.trim_matches(|c: char| c.is_ascii_digit()).to_owned();
        left != shape(left) && right != shape(right) && shape(left) == shape(right)
    })
}

/// Whether name servers may not find a node of this name.
pub fn has_capitals(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_uppercase())
}

/// How a name is shown in a message: one line, whatever is in it.
pub fn shown(name: &str) -> String {
    name.escape_debug()
        .to_string()
        .replace("\\\"", "\"")
        .replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_nodes_are_plain() {
        let node = Kind::named("node").unwrap();
        for name in ["n1", "Server-9117-MMA-SN10F6F3D", "x_y", "fe80::1"] {
            assert_eq!(check(&node, name), Ok(()), "{name}");
        }
        for name in [
            "",
            "a b",
            "a,b \"c\" $(touch x)",
            "-x",
            "n\n",
            "ä",
            "n[1-3]",
        ] {
            assert_eq!(check(&node, name), Err(BadName::Characters), "{name}");
        }
        assert_eq!(check(&node, "n1.cluster.com"), Err(BadName::Domain));
    }

    #[test]
    fn a_group_is_named_so_that_a_noderange_can_name_it() {
        let group = Kind::named("group").unwrap();
        for name in [
            "all",
            "grp-a",
            "SN27group",
            "__Unmanaged",
            "a.b",
            "rack1-aix",
        ] {
            assert_eq!(check(&group, name), Ok(()), "{name}");
        }
        for name in ["", "a,b", "n1-n3", "1-3", "a@b", "-a", "n1:n3", "a b"] {
            assert_eq!(check(&group, name), Err(BadName::Characters), "{name}");
        }
    }

    #[test]
    fn a_name_is_shown_on_one_line() {
        assert_eq!(shown("a,b \"c\" $(touch x)\n"), "a,b \"c\" $(touch x)\\n");
    }
}
