-- Through which number of its ops a replica's pushes have been taken as a whole (TakenRepository).
CREATE TABLE IF NOT EXISTS taken (
    space_id BINARY(8) NOT NULL,
    replica BINARY(16) NOT NULL,
    through BIGINT NOT NULL,
    PRIMARY KEY (space_id, replica),
    FOREIGN KEY (space_id, replica) REFERENCES replicas (space_id, replica) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
