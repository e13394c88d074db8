//! Prints the man page, from what the program itself says of its flags:
//! `cargo run -p almanac-proxy --example man > almanac-proxy.1`.

use std::io;

use almanac_proxy::Args;
use clap::CommandFactory as _;

fn main() -> io::Result<()> {
    clap_mangen::Man::new(Args::command()).render(&mut io::stdout())
}
