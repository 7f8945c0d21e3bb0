//! Tables as the LPAR-Tool prints them: capital heads, columns as wide as what
//! is in them, two blanks between.

/// Lists rows below their heads, a line each. An empty value is shown as `-`.
/// The last column is not padded. Without rows there is nothing to list.
pub fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| row.to_vec()).collect();
    lines(&heads.map(str::to_owned), &rows)
}

/// [`table`], where only the running program knows the columns. A row has as
/// many values as there are heads.
pub fn lines(heads: &[String], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let shown = |value: &String| match value.as_str() {
        "" => "-".to_owned(),
        value => value.to_owned(),
    };
    let mut lines = vec![heads.to_vec()];
    lines.extend(rows.iter().map(|row| row.iter().map(shown).collect()));
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max();
    let widths: Vec<usize> = (0..heads.len()).map(|at| width(at).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let padded: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_values() {
        let rows = [["aix01", "27", ""], ["a", "", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(["NAME", "ID", "STATE"], &rows),
            "NAME   ID  STATE\naix01  27  -\na      -   x\n"
        );
    }
}
