// This file was generated with `cornucopia`. Do not modify.

pub mod bulk;
pub mod images;
pub mod integrity;
pub mod process;
pub mod renditions;
pub mod search;
pub mod similar;
pub mod sweep;
pub mod trash;
pub mod upload;
pub mod upload_sessions;
pub mod usage;
