//! Doing the same for many hosts at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Runs `work` for each item, at most `width` at once, and hands each result to
/// `each` on the calling thread as soon as it is there, with the item's index.
///
/// Threads of its own, not rayon's pool: that is as wide as the machine has
/// cores, and these threads do nothing but wait for hosts.
///
/// # Panics
///
/// If `work` does.
pub fn fan_out<T: Sync, R: Send>(
    items: &[T],
    width: usize,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(usize, R),
) {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..width.clamp(1, items.len().max(1)) {
            let (next, work, sender) = (&next, &work, sender.clone());
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (index, result) in receiver {
            each(index, result);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Barrier, Mutex};

    #[test]
    fn every_item_is_done_once() {
        let items: Vec<u32> = (0..1000).collect();
        let mut results = vec![None; items.len()];
        fan_out(
            &items,
            7,
            |item| item * 2,
            |index, result| {
                assert!(results[index].replace(result).is_none());
            },
        );
        assert!(
            results
                .iter()
                .zip(&items)
                .all(|(result, item)| *result == Some(item * 2))
        );
    }

    #[test]
    fn width_is_the_number_at_work() {
        let (now, most) = (Mutex::new(0), AtomicUsize::new(0));
        // Each round of three can only pass the barrier together.
        let barrier = Barrier::new(3);
        let work = |_: &u32| {
            let count = {
                let mut now = now.lock().unwrap();
                *now += 1;
                *now
            };
            most.fetch_max(count, Ordering::Relaxed);
            barrier.wait();
            *now.lock().unwrap() -= 1;
        };
        fan_out(&[0; 12], 3, work, |_, ()| ());
        assert_eq!(most.into_inner(), 3);
    }

    #[test]
    fn results_come_before_the_slow_are_done() {
        let (release, hold) = mpsc::channel::<()>();
        let hold = Mutex::new(hold);
        let mut order = Vec::new();
        let work = |item: &u32| {
            if *item == 0 {
                hold.lock().unwrap().recv().unwrap();
            }
        };
        fan_out(&[0, 1], 2, work, |index, ()| {
            order.push(index);
            let _ = release.send(());
        });
        assert_eq!(order, [1, 0]);
    }

    #[test]
    fn no_items_no_work() {
        fan_out(&[], 0, |(): &()| panic!("called"), |_, ()| ());
    }
}
