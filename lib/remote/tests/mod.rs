//! The transport against a real sshd, and against peers that misbehave.

mod failures;
mod logins;
mod masters;
mod peers;
mod runs;
mod site;
mod watched;
