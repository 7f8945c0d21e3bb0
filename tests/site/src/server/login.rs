//! Logins: methods, the lock after bad passwords, the limit of attempts, new sessions.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Handle, Handler, Msg, Response, Session};
use russh::{Channel, ChannelOpenFailure, Disconnect, MethodSet};

use super::accept::Cutter;
use super::session;
use crate::fault::Fault;
use crate::host::Host;
use crate::log::Event;

/// One connection of a client.
pub struct Login {
    host: Arc<Host>,
    cutter: Cutter,
    handle: Arc<OnceLock<Handle>>,
    failures: usize,
    sessions: Arc<AtomicUsize>,
}

impl Login {
    /// A connection whose `handle` is set once it runs.
    pub fn new(host: Arc<Host>, cutter: Cutter, handle: Arc<OnceLock<Handle>>) -> Self {
        Self {
            host,
            cutter,
            handle,
            failures: 0,
            sessions: Arc::default(),
        }
    }

    fn offers(&self, method: &str) -> bool {
        self.host
            .auth_methods()
            .iter()
            .any(|offered| offered == method)
    }

    /// Refuses while all methods stay open, as sshd does.
    fn refusal(&self) -> Auth {
        let methods: Vec<_> = self
            .host
            .auth_methods()
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        Auth::Reject {
            proceed_with_methods: Some(MethodSet::from(methods.as_slice())),
            partial_success: false,
        }
    }

    async fn decide(&mut self, user: &str, method: &'static str, right: bool) -> Auth {
        let accepted = right && self.offers(method) && !self.host.has(&Fault::RefuseLogin);
        self.host.log.add(Event::Login {
            host: self.host.name.clone(),
            user: user.to_owned(),
            method,
            accepted,
        });
        if accepted {
            tokio::time::sleep(Duration::from_millis(self.host.config.timing.login_ms)).await;
            return Auth::Accept;
        }
        self.count_failure().await;
        self.refusal()
    }

    async fn count_failure(&mut self) {
        self.failures += 1;
        if self.failures < self.host.config.limits.max_auth_tries {
            return;
        }
        if let Some(handle) = self.handle.get() {
            let text = "Too many authentication failures";
            // The client may be gone already.
            let _ = handle
                .disconnect(Disconnect::ProtocolError, text.into(), String::new())
                .await;
        }
    }

    /// The prompt of keyboard-interactive, with what PAM says of a locked account.
    fn prompt(&self) -> Auth {
        let notice = self.host.locked_minutes().map_or_else(String::new, |minutes| {
            let after = self.host.config.limits.lockout_after;
            format!("The account is locked due to {after} failed logins.\n({minutes} minutes left to unlock)\n")
        });
        Auth::Partial {
            name: Cow::Borrowed(""),
            instructions: Cow::Borrowed(""),
            prompts: Cow::Owned(vec![(Cow::Owned(format!("{notice}Password: ")), false)]),
        }
    }
}

impl Handler for Login {
    type Error = russh::Error;

    async fn auth_none(&mut self, _user: &str) -> Result<Auth, Self::Error> {
        Ok(self.refusal())
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        let right = self.offers("password") && self.host.password(user, password);
        Ok(self.decide(user, "password", right).await)
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        key: &PublicKey,
    ) -> Result<Auth, Self::Error> {
        if self.key_fits(user, key) && !self.host.has(&Fault::RefuseLogin) {
            return Ok(Auth::Accept);
        }
        Ok(self.decide(user, "publickey", false).await)
    }

    async fn auth_publickey(&mut self, user: &str, key: &PublicKey) -> Result<Auth, Self::Error> {
        let right = self.key_fits(user, key);
        Ok(self.decide(user, "publickey", right).await)
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        if !self.offers("keyboard-interactive") {
            return Ok(self.refusal());
        }
        let Some(response) = response else {
            return Ok(self.prompt());
        };
        let answer: Vec<u8> = response.flatten().collect();
        let right = self.host.password(user, &String::from_utf8_lossy(&answer));
        Ok(self.decide(user, "keyboard-interactive", right).await)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.host.has(&Fault::HangAfterLogin) {
            tokio::spawn(async move {
                let _unanswered = (channel, reply);
                std::future::pending::<()>().await;
            });
            return Ok(());
        }
        let open = self.sessions.fetch_add(1, Ordering::SeqCst);
        if open >= self.host.config.limits.max_sessions {
            self.sessions.fetch_sub(1, Ordering::SeqCst);
            self.host.log.add(Event::SessionRefused {
                host: self.host.name.clone(),
            });
            reply.reject(ChannelOpenFailure::ConnectFailed).await;
            return Ok(());
        }
        reply.accept().await;
        let (host, cutter, sessions) = (
            self.host.clone(),
            self.cutter.clone(),
            self.sessions.clone(),
        );
        let handle = session.handle();
        tokio::spawn(async move {
            session::run(host, cutter, handle, channel).await;
            sessions.fetch_sub(1, Ordering::SeqCst);
        });
        Ok(())
    }
}

impl Login {
    fn key_fits(&self, user: &str, key: &PublicKey) -> bool {
        let line = key.to_openssh().unwrap_or_default();
        self.offers("publickey") && user == self.host.user() && self.host.authorised(&line)
    }
}
