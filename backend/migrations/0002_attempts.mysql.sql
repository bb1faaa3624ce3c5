-- Attempts that are limited, by what they are counted by (AttemptCounter). What the table before it holds is forgotten.
CREATE TABLE IF NOT EXISTS attempts (
    counter BINARY(32) NOT NULL,
    attempted_ms BIGINT NOT NULL,
    nonce BINARY(8) NOT NULL,
    PRIMARY KEY (counter, attempted_ms, nonce)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

DROP TABLE IF EXISTS login_failures;
