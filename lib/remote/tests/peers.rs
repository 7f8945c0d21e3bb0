//! Peers that misbehave, each on a loopback port of its own.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Accepts connections and hands them to a function, until it is dropped.
pub struct Peer {
    pub port: u16,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    done: AtomicBool,
    frozen: AtomicBool,
    accepted: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

const NAP: Duration = Duration::from_millis(5);

impl Peer {
    /// Says `greeting` to everybody and then nothing any more.
    pub fn saying(greeting: &'static [u8]) -> Self {
        Peer::start(move |mut stream, state| {
            let _ = stream.write_all(greeting);
            state.streams.lock().unwrap().push(stream);
        })
    }

    /// Says `greeting` and hangs up.
    pub fn hanging_up(greeting: &'static [u8]) -> Self {
        Peer::start(move |mut stream, _| {
            let _ = stream.write_all(greeting);
        })
    }

    /// Passes everything on to `port`, as long as it is not frozen.
    pub fn relay(port: u16) -> Self {
        Peer::start(move |stream, state| {
            let Ok(other) = TcpStream::connect(("127.0.0.1", port)) else {
                return;
            };
            for (from, to) in [(&stream, &other), (&other, &stream)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                let state = Arc::clone(state);
                thread::spawn(move || pass_on(from, to, &state));
            }
            state.streams.lock().unwrap().extend([stream, other]);
        })
    }

    fn start(serve: impl Fn(TcpStream, &Arc<State>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let state = Arc::new(State::default());
        let own = Arc::clone(&state);
        let acceptor = thread::spawn(move || {
            while !own.done.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        stream.set_nonblocking(false).unwrap();
                        own.accepted.fetch_add(1, Ordering::Relaxed);
                        serve(stream, &own);
                    }
                    Err(_) => thread::sleep(NAP),
                }
            }
        });
        Peer {
            port,
            state,
            acceptor: Some(acceptor),
        }
    }

    /// From now on nothing is passed on: the network is gone, the connections stay.
    pub fn freeze(&self, frozen: bool) {
        self.state.frozen.store(frozen, Ordering::Relaxed);
    }

    /// How many connections were taken.
    pub fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::Relaxed)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.state.done.store(true, Ordering::Relaxed);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        for stream in self.state.streams.lock().unwrap().iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, state: &State) {
    let mut chunk = [0; 8192];
    loop {
        let count = match from.read(&mut chunk) {
            Ok(count) if count > 0 => count,
            _ => break,
        };
        while state.frozen.load(Ordering::Relaxed) && !state.done.load(Ordering::Relaxed) {
            thread::sleep(NAP);
        }
        if to.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
