//! The driver: reads commands, one a line, carries them out on the module, writes what came of it. The lines are those
//! of docs/driver-protocol.md. `commands` has a line for each command, `objects` the classes whose callbacks write
//! events.

mod callbacks;
mod client;
mod commands;
mod connection;
mod conversation;
mod errors;
mod low_level;
mod low_level_client;
mod network_client;
mod network_server;
mod object;
mod objects;
mod process;
mod protocol;
mod reach;
mod server;

use commands::Driver;
use objects::Output;
use protocol::outcome;
use std::io::{self, BufRead};
use std::rc::Rc;

fn main() {
    let output = Rc::new(Output::new());
    let mut driver = Driver::new(output.clone());
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        let [sequence, name, arguments @ ..] = words.as_slice() else {
            continue;
        };
        output.begin(sequence);
        match *name {
            "hello" => {
                let version = env!("CARGO_PKG_VERSION");
                output.line(format_args!("value 1 network-rust {version} Rust core,lowlevel,client,client-lowlevel"));
            }
            "reset" | "bye" => {
                driver.forget_everything();
                output.line(format_args!("value"));
            }
            _ => {
                let done = driver.execute(name, arguments);
                output.line(format_args!("{}", outcome(&done)));
            }
        }
        output.flush(); // after every answer: the suite waits for it
        output.begin("0");
        if *name == "bye" {
            break;
        }
    }
}
