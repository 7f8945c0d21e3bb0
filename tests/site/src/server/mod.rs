//! The SSH side of a host: connections, logins, sessions and terminals.

mod accept;
mod chassis;
pub mod console;
mod editor;
mod login;
mod session;
mod terminal;

pub use accept::serve;
pub use terminal::Terminal;
