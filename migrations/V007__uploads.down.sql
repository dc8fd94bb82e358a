DROP TABLE images.upload_pieces;
DROP TABLE images.uploads;
DROP TYPE images.piece_state;
DROP TYPE images.upload_state;
DROP TYPE images.upload_kind;
