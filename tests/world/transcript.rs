//! Transcripts: lines that begin with `$ ` are typed, the lines below are the
//! answer, both streams as on a terminal.

use super::World;

/// A line that is typed, and the answer it must give.
#[derive(Debug, PartialEq)]
pub struct Step {
    pub line: String,
    pub answer: String,
}

/// Divides a transcript into its steps. A typed line that ends in `\` goes on.
pub fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for text in text.lines() {
        match (text.strip_prefix("$ "), steps.last_mut()) {
            (Some(line), _) => steps.push(Step {
                line: line.into(),
                answer: String::new(),
            }),
            (None, Some(step)) if step.line.ends_with('\\') => {
                step.line.push('\n');
                step.line.push_str(text);
            }
            (None, Some(step)) => step.answer.push_str(&format!("{text}\n")),
            (None, None) => panic!("a transcript begins with '$ ': {text}"),
        }
    }
    steps
}

/// The lines in order: hosts answer in no particular one.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    lines.sort_unstable();
    lines
}

impl World {
    /// Types the lines one after the other; tells where an answer is another
    /// one.
    pub fn play(&self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            let ran = self.sh(&format!("exec 2>&1\n{}", step.line));
            let unordered = step.line.contains("rpower ");
            let same = match unordered {
                true => sorted(&ran.out) == sorted(&step.answer),
                false => ran.out.trim_end() == step.answer.trim_end(),
            };
            if !same {
                return Err(format!(
                    "$ {}\n--- wanted\n{}--- printed\n{}",
                    step.line, step.answer, ran.out
                ));
            }
        }
        Ok(())
    }
}
