DROP TABLE images.upload_parts;
DROP TABLE images.upload_sessions;
DROP TYPE images.upload_part_state;
DROP TYPE images.upload_session_state;
DROP TYPE images.upload_kind;
