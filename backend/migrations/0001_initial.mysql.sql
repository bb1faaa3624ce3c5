CREATE TABLE IF NOT EXISTS accounts (
    id BINARY(8) NOT NULL PRIMARY KEY,
    email VARBINARY(254) NOT NULL,
    password_hash VARBINARY(255) NOT NULL,
    created_ms BIGINT NOT NULL,
    UNIQUE KEY accounts_by_email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS spaces (
    id BINARY(8) NOT NULL PRIMARY KEY,
    epoch BINARY(16) NOT NULL,
    head BIGINT NOT NULL,
    FOREIGN KEY (id) REFERENCES accounts (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- size is the length of slot_key, stamp and register: pages are cut by the index alone, without reading a register.
-- No foreign key: a push would look its space up once a row, and deleting an account deletes the slots by itself.
CREATE TABLE IF NOT EXISTS slots (
    space_id BINARY(8) NOT NULL,
    slot_key VARBINARY(499) NOT NULL,
    collection VARBINARY(64) NOT NULL,
    stamp BINARY(16) NOT NULL,
    size INT UNSIGNED NOT NULL,
    seq BIGINT NOT NULL,
    register MEDIUMBLOB NOT NULL,
    PRIMARY KEY (space_id, slot_key),
    KEY slots_by_seq (space_id, seq, collection, size)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS replicas (
    space_id BINARY(8) NOT NULL,
    replica BINARY(16) NOT NULL,
    schema_name VARBINARY(64),
    schema_version INT,
    schema_digest BINARY(32),
    seen_ms BIGINT NOT NULL,
    PRIMARY KEY (space_id, replica),
    FOREIGN KEY (space_id) REFERENCES spaces (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS refresh_tokens (
    hash BINARY(32) NOT NULL PRIMARY KEY,
    account_id BINARY(8) NOT NULL,
    family BINARY(16) NOT NULL,
    expires_ms BIGINT NOT NULL,
    replaced_ms BIGINT,
    successor BINARY(32),
    uses INT NOT NULL,
    KEY refresh_tokens_by_family (family),
    KEY refresh_tokens_by_account (account_id),
    KEY refresh_tokens_by_expiry (expires_ms),
    FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS login_failures (
    email_hash BINARY(32) NOT NULL,
    failed_ms BIGINT NOT NULL,
    nonce BINARY(8) NOT NULL,
    PRIMARY KEY (email_hash, failed_ms, nonce)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
