//! Which names on an HMC can be names of nodes.

/// Returns whether a node can have this name: letters, digits, `.`, `_` and
/// `-`, beginning with a letter or digit, at most 255.
///
/// HMCs allow nearly any character in the name of a partition. A blank or a
/// comma would fall apart in a noderange, and others mean something to shells.
pub fn is_node_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.len() <= 255
        && name.chars().all(plain)
}

/// The groups of nodes of a machine type besides those of their kind. xCAT
/// derives them from the type; of its table, these are what HMCs manage.
pub(super) fn model_group(mtm: &str) -> Option<&'static str> {
    match mtm.get(..4)? {
        "7895" if mtm.ends_with("42X") => Some("p460"),
        "7895" => Some("p260"),
        "7954" => Some("p470"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hmcs_and_partitions_pass_if_plain() {
        for name in [
            "lpar01",
            "Server-9117-MMA-SN10F6F3D",
            "op710-1-Client4-openSUSE-10.1",
            "7of9",
            "a_b",
        ] {
            assert!(is_node_name(name), "{name}");
        }
    }

    #[test]
    fn what_a_noderange_or_a_shell_would_read_otherwise_does_not() {
        for name in [
            "",
            "teacher02 9.210.114.218",
            "a,b",
            "a\"b",
            "$(x)",
            "-a",
            "^a",
            "@a",
            "/a/",
            "a:b",
            "ä",
            "a\n",
        ] {
            assert!(!is_node_name(name), "{name:?}");
        }
    }

    #[test]
    fn flex_models_have_groups() {
        assert_eq!(model_group("7895-42X"), Some("p460"));
        assert_eq!(model_group("7895-22X"), Some("p260"));
        assert_eq!(model_group("9117-MMA"), None);
        assert_eq!(model_group(""), None);
    }
}
