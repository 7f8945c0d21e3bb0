//! Listening: connections, their limit, and the faults below SSH.

use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, OnceLock};

use russh::server::{Config, run_stream};
use russh::{MethodSet, SshId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};

use super::login::Login;
use crate::fault::Fault;
use crate::host::Host;
use crate::log::Event;

/// What every host says it is.
const BANNER: &str = "SSH-2.0-OpenSSH_8.0";

/// A second hold on a connection's socket, to cut it at any moment.
#[derive(Clone)]
pub struct Cutter(Arc<std::net::TcpStream>);

impl Cutter {
    /// Ends the connection without a word.
    pub fn cut(&self) {
        // It may be closed already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Accepts connections for a host until the runtime ends.
pub async fn serve(host: Arc<Host>, listener: TcpListener, address: SocketAddr) {
    let mut listener = Some(listener);
    loop {
        let changed = host.changed.notified();
        if host.has(&Fault::Down) {
            drop(listener.take());
            changed.await;
            continue;
        }
        if listener.is_none() {
            listener = TcpListener::bind(address).await.ok();
        }
        let Some(open) = &listener else {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        tokio::select! {
            accepted = open.accept() => if let Ok((stream, _)) = accepted {
                let host = host.clone();
                tokio::spawn(async move {
                    let admitted = host.admit();
                    // An error here is the client's going away.
                    let _ = connection(&host, stream, admitted).await;
                    host.leave();
                });
            },
            () = changed => {}
        }
    }
}

async fn connection(
    host: &Arc<Host>,
    mut stream: TcpStream,
    admitted: bool,
) -> Result<(), russh::Error> {
    host.log.add(Event::Connection {
        host: host.name.clone(),
    });
    if !admitted {
        // Once the client has spoken, so that it sees a reset in its banner exchange.
        let mut buffer = [0; 64];
        let first = stream.read(&mut buffer);
        let _ = tokio::time::timeout(std::time::Duration::from_secs(2), first).await;
        stream.set_zero_linger()?;
        return Ok(());
    }
    if host.has(&Fault::Silent) || host.is_off() {
        return Ok(swallow(stream).await?);
    }
    if host.has(&Fault::BannerOnly) {
        stream.write_all(format!("{BANNER}\r\n").as_bytes()).await?;
        return Ok(swallow(stream).await?);
    }
    let stream = stream.into_std()?;
    let cutter = Cutter(Arc::new(stream.try_clone()?));
    let stream = TcpStream::from_std(stream)?;
    let handle = Arc::new(OnceLock::new());
    let login = Login::new(host.clone(), cutter, handle.clone());
    let (inside, outside) = tokio::io::duplex(64 * 1024);
    let serve = async {
        let session = run_stream(Arc::new(config(host)), inside, login).await?;
        // Nobody else sets it.
        let _ = handle.set(session.handle());
        session.await
    };
    let (served, ()) = tokio::join!(serve, relay(host, stream, outside));
    served
}

/// Carries bytes both ways while the host is not frozen; ends when either side does.
async fn relay(host: &Host, client: TcpStream, server: DuplexStream) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = tokio::io::split(server);
    tokio::select! {
        () = carry(host, &mut from_client, &mut to_server) => {}
        () = carry(host, &mut from_server, &mut to_client) => {}
    }
}

async fn carry(
    host: &Host,
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
) {
    let mut buffer = vec![0; 32 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        host.thawed().await;
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Reads what comes and answers nothing.
async fn swallow(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

fn config(host: &Host) -> Config {
    let methods: Vec<_> = host
        .auth_methods()
        .iter()
        .filter_map(|name| name.parse().ok())
        .collect();
    Config {
        server_id: SshId::Standard(BANNER.into()),
        methods: MethodSet::from(methods.as_slice()),
        auth_rejection_time: std::time::Duration::ZERO,
        keys: vec![host.key().clone()],
        // The limit of failed attempts is kept in `Login`, with sshd's text.
        max_auth_attempts: usize::MAX,
        inactivity_timeout: None,
        nodelay: true,
        ..Config::default()
    }
}
