-- Attempts that are limited, by what they are counted by (AttemptCounter). What the table before it holds is forgotten.
CREATE TABLE IF NOT EXISTS attempts (
    counter BLOB NOT NULL,
    attempted_ms INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    PRIMARY KEY (counter, attempted_ms, nonce)
) WITHOUT ROWID;

DROP TABLE IF EXISTS login_failures;
