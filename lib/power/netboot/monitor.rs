//! Waiting until installations have come as far as they should, and starting
//! those again that have not (`rnetboot -m`).

use std::time::{Duration, Instant};

use crate::power::Stop;

/// What is waited for.
pub trait Course {
    /// Why it cannot be gone on.
    type Error;

    /// Returns which of these nodes are not there yet.
    ///
    /// # Errors
    /// It cannot be found out.
    fn behind(&mut self, nodes: &[usize]) -> Result<Vec<usize>, Self::Error>;

    /// Starts these nodes again, for the nth time.
    fn again(&mut self, nth: u32, nodes: &[usize]);
}

/// How long is waited, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Patience<'a> {
    /// After each start.
    pub timeout: Duration,
    /// Between two looks.
    pub pause: Duration,
    /// How often a node is started again.
    pub retries: u32,
    /// Set when nothing more is to be done.
    pub stop: &'a Stop,
}

/// Waits for `nodes`; returns those that never got there.
///
/// # Errors
/// What `course` failed with.
pub fn monitor<C: Course>(
    course: &mut C,
    nodes: Vec<usize>,
    patience: &Patience<'_>,
) -> Result<Vec<usize>, C::Error> {
    let mut left = nodes;
    for nth in 0..=patience.retries {
        if left.is_empty() || patience.stop.is_set() {
            break;
        }
        if nth > 0 {
            course.again(nth, &left);
        }
        left = wait(course, left, patience)?;
    }
    Ok(left)
}

fn wait<C: Course>(
    course: &mut C,
    mut left: Vec<usize>,
    patience: &Patience<'_>,
) -> Result<Vec<usize>, C::Error> {
    let end = Instant::now() + patience.timeout;
    while !patience.stop.is_set() {
        let now = Instant::now();
        left = course.behind(&left)?;
        if left.is_empty() || now >= end {
            break;
        }
        patience.stop.pause(patience.pause.min(end - now));
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes are there after so many looks since their last start.
    struct Slow {
        looks: Vec<u32>,
        starts: Vec<(u32, Vec<usize>)>,
    }

    impl Course for Slow {
        type Error = ();

        fn behind(&mut self, nodes: &[usize]) -> Result<Vec<usize>, ()> {
            for node in nodes {
                self.looks[*node] = self.looks[*node].saturating_sub(1);
            }
            let behind = nodes.iter().filter(|node| self.looks[**node] > 0);
            Ok(behind.copied().collect())
        }

        fn again(&mut self, nth: u32, nodes: &[usize]) {
            self.starts.push((nth, nodes.to_vec()));
        }
    }

    fn run(looks: &[u32], retries: u32, stopped: bool) -> (Vec<usize>, Slow) {
        let stop = Stop::default();
        if stopped {
            stop.set();
        }
        let patience = Patience {
            timeout: Duration::ZERO,
            pause: Duration::ZERO,
            retries,
            stop: &stop,
        };
        let mut slow = Slow {
            looks: looks.to_vec(),
            starts: Vec::new(),
        };
        let left = monitor(&mut slow, (0..looks.len()).collect(), &patience).unwrap();
        (left, slow)
    }

    #[test]
    fn who_is_behind_is_started_again() {
        let (left, slow) = run(&[1, 2, 9], 2, false);
        assert_eq!(left, [2]);
        assert_eq!(slow.starts, [(1, vec![1, 2]), (2, vec![2])]);
    }

    #[test]
    fn without_retries_it_is_only_waited() {
        let (left, slow) = run(&[1, 2], 0, false);
        assert_eq!((left, slow.starts.len()), (vec![1], 0));
    }

    #[test]
    fn an_interrupt_ends_the_wait() {
        let (left, slow) = run(&[1, 2], 3, true);
        assert_eq!((left, slow.starts.len()), (vec![0, 1], 0));
    }
}
