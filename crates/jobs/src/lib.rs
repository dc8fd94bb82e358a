//! Background jobs in PostgreSQL: the queue and who works it off.
