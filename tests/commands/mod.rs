//! One file for each command.

mod chtab;
mod gettab;
mod nodeadd;
mod nodech;
mod nodegrpch;
mod nodels;
mod noderm;
mod tabdump;
mod tabgrep;
mod xcat;
