-- What a replica pushed before one of its stamps was refused is not taken any more (FenceRepository).
CREATE TABLE IF NOT EXISTS fences (
    space_id BLOB NOT NULL,
    replica BLOB NOT NULL,
    fence INTEGER NOT NULL,
    PRIMARY KEY (space_id, replica),
    FOREIGN KEY (space_id, replica) REFERENCES replicas (space_id, replica) ON DELETE CASCADE
) WITHOUT ROWID;
