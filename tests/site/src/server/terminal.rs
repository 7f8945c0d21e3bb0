//! Where a session writes to and reads from, with or without a terminal, well or badly.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::Duration;

use russh::ChannelWriteHalf;
use russh::server::Msg;
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;

use super::accept::Cutter;

/// What a client sent.
#[derive(Debug)]
pub enum Input {
    /// Bytes.
    Bytes(Vec<u8>),
    /// End of its input.
    End,
}

/// Both directions of a session.
#[derive(Clone)]
pub struct Terminal {
    writer: Arc<ChannelWriteHalf<Msg>>,
    input: Arc<Mutex<UnboundedReceiver<Input>>>,
    typed: Arc<SyncMutex<Vec<u8>>>,
    ended: Arc<AtomicBool>,
    pty: bool,
    drip: Arc<SyncMutex<Option<Duration>>>,
    cutter: Cutter,
}

impl Terminal {
    /// A session's terminal; `pty` says whether lines end with `\r\n`.
    pub fn new(
        writer: ChannelWriteHalf<Msg>,
        pty: bool,
        input: UnboundedReceiver<Input>,
        cutter: Cutter,
    ) -> Self {
        Self {
            writer: Arc::new(writer),
            input: Arc::new(Mutex::new(input)),
            typed: Arc::default(),
            ended: Arc::default(),
            pty,
            drip: Arc::default(),
            cutter,
        }
    }

    /// The next input; `None` when the client is gone.
    pub async fn input(&self) -> Option<Input> {
        let before =
            std::mem::take(&mut *self.typed.lock().unwrap_or_else(PoisonError::into_inner));
        if !before.is_empty() {
            return Some(Input::Bytes(before));
        }
        self.input.lock().await.recv().await
    }

    /// Gives back input that was not for the reader.
    pub fn unread(&self, bytes: &[u8]) {
        *self.typed.lock().unwrap_or_else(PoisonError::into_inner) = bytes.to_vec();
    }

    /// The next line of input, without its end and never echoed; what was typed beyond it
    /// stays. At the end of the input it is what there is.
    pub async fn line(&self) -> String {
        let mut line = Vec::new();
        while !self.ended.load(Ordering::SeqCst) {
            let Some(Input::Bytes(bytes)) = self.input().await else {
                self.ended.store(true, Ordering::SeqCst);
                break;
            };
            if let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                line.extend(&bytes[..end]);
                self.unread(&bytes[end + 1..]);
                break;
            }
            line.extend(bytes);
        }
        String::from_utf8_lossy(&line).into_owned()
    }

    /// Whether the client asked for a terminal.
    pub fn is_pty(&self) -> bool {
        self.pty
    }

    /// Writes text of a command's stdout.
    pub async fn write(&self, text: &str) {
        if self.pty {
            self.raw(text.replace('\n', "\r\n").as_bytes()).await;
        } else {
            self.raw(text.as_bytes()).await;
        }
    }

    /// Writes text of a command's stderr: the same stream on a terminal.
    pub async fn error(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.pty {
            self.write(text).await;
        } else {
            // A client that is gone is seen by the session's reader.
            let _ = self
                .writer
                .extended_data_bytes(1, text.as_bytes().to_vec())
                .await;
        }
    }

    /// Writes bytes as they are.
    pub async fn raw(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let drip = *self.drip.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(pause) = drip else {
            let _ = self.writer.data_bytes(bytes.to_vec()).await;
            return;
        };
        for byte in bytes {
            tokio::time::sleep(pause).await;
            if self.writer.data_bytes(vec![*byte]).await.is_err() {
                return;
            }
        }
    }

    /// Ends the session with an exit status.
    pub async fn end(&self, status: u8) {
        // What fails here fails because the client is gone.
        let _ = self.writer.exit_status(u32::from(status)).await;
        let _ = self.writer.eof().await;
        let _ = self.writer.close().await;
    }

    /// From now on writes one byte in that time.
    pub fn drip(&self, pause: Duration) {
        *self.drip.lock().unwrap_or_else(PoisonError::into_inner) = Some(pause);
    }

    /// Writes lines until the client has enough.
    pub async fn endless(&self) {
        let line = "name=endless,lpar_id=1,lpar_env=aixlinux,state=Running\n".repeat(64);
        while self
            .writer
            .data_bytes(line.clone().into_bytes())
            .await
            .is_ok()
        {}
    }

    /// Writes every byte there is, several times, without a line end at the end.
    pub async fn garbage(&self) {
        let bytes: Vec<u8> = (0..=255)
            .cycle()
            .take(4096)
            .chain([0xFF, 0xFE, b'='])
            .collect();
        self.raw(&bytes).await;
    }

    /// Cuts the connection once what was written is on its way.
    pub async fn cut(&self) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.cutter.cut();
        std::future::pending::<()>().await;
    }
}
