-- What a replica pushed before one of its stamps was refused is not taken any more (FenceRepository).
CREATE TABLE IF NOT EXISTS fences (
    space_id BINARY(8) NOT NULL,
    replica BINARY(16) NOT NULL,
    fence BIGINT NOT NULL,
    PRIMARY KEY (space_id, replica),
    FOREIGN KEY (space_id, replica) REFERENCES replicas (space_id, replica) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
