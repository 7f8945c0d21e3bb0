//! What an HMC answers: records are read or refused, and what was read,
//! written, reads the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xcat::hmc::record::{Value, headed, lists, records};

fuzz_target!(|text: &str| {
    let _ = lists(text, ':', 3);
    let _ = lists(text, '"', 2);
    let _ = headed(text, ',');
    let _ = Value::new(text).elements();
    if let Ok(found) = records(text) {
        let written: String = found.iter().map(|record| format!("{record}\n")).collect();
        match records(&written) {
            Ok(again) => assert_eq!(again, found, "{written}"),
            Err(error) => panic!("{error}\n{written}"),
        }
    }
});
