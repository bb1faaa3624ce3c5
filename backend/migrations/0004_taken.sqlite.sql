-- Through which number of its ops a replica's pushes have been taken as a whole (TakenRepository).
CREATE TABLE IF NOT EXISTS taken (
    space_id BLOB NOT NULL,
    replica BLOB NOT NULL,
    through INTEGER NOT NULL,
    PRIMARY KEY (space_id, replica),
    FOREIGN KEY (space_id, replica) REFERENCES replicas (space_id, replica) ON DELETE CASCADE
) WITHOUT ROWID;
