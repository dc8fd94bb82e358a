//! What holds for every request, whatever it asks for.
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
