//! Tests of behavior that all operations share, and of the command line.
mod backup;
mod connections;
mod cross_site;
mod health;
mod http;
mod inputs;
mod logs;
mod problems;
mod program;
mod rates;
