//! The note in a lock: how a login failed, for those who waited for it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::master::Master;
use super::outcome::{Failure, Phase};

impl Master<'_> {
    /// The failure of the login that this call waited for, if `note` tells of one.
    pub(super) fn told(&self, note: &str, since: SystemTime) -> Option<Failure> {
        let mut parts = note.splitn(3, '\n');
        let at: u64 = parts.next()?.parse().ok()?;
        if UNIX_EPOCH + Duration::from_micros(at) < since {
            return None;
        }
        let (kind, reason) = (parts.next()?, parts.next()?.to_owned());
        let host = self.target.label();
        match kind {
            "unreachable" => Some(Failure::Unreachable { host, reason }),
            "untrusted" => Some(Failure::Untrusted { host, reason }),
            kind if kind == self.refusal() => {
                let user = self.resolved.user.clone();
                Some(Failure::Unauthorised { host, user, reason })
            }
            "late" => {
                let after = Duration::from_millis(reason.parse().ok()?);
                Some(self.timed_out(Phase::Login, after))
            }
            _ => None,
        }
    }

    /// A login's failure for those who waited for it: the time in microseconds,
    /// the kind and the reason, a line each. Empty for what concerns this call
    /// alone.
    pub(super) fn note(&self, failure: &Failure) -> String {
        let (kind, reason) = match failure {
            Failure::Unreachable { reason, .. } => ("unreachable", reason.clone()),
            Failure::Untrusted { reason, .. } => ("untrusted", reason.clone()),
            Failure::Unauthorised { reason, .. } => (self.refusal(), reason.clone()),
            Failure::TimedOut {
                phase: Phase::Login,
                after,
                ..
            } => ("late", after.as_millis().to_string()),
            _ => return String::new(),
        };
        let at = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        format!("{}\n{kind}\n{reason}", at.as_micros())
    }

    /// The kind of a refused login: it tells nothing to a call that has more to
    /// offer.
    fn refusal(&self) -> &'static str {
        match (&self.target.password, self.settings.interactive) {
            (Some(_), _) => "password refused",
            (None, true) => "person refused",
            (None, false) => "key refused",
        }
    }
}
