// This file was generated with `cornucopia`. Do not modify.

pub mod change;
pub mod images;
pub mod process;
pub mod renditions;
pub mod search;
pub mod similar;
pub mod sweep;
pub mod upload;
pub mod usage;
pub mod uploads;
