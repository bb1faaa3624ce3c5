CREATE TABLE IF NOT EXISTS accounts (
    id BLOB NOT NULL PRIMARY KEY,
    email BLOB NOT NULL UNIQUE,
    password_hash BLOB NOT NULL,
    created_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS spaces (
    id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    epoch BLOB NOT NULL,
    head INTEGER NOT NULL
) WITHOUT ROWID;

-- size is the length of slot_key, stamp and register: pages are cut by the index alone, without reading a register.
-- No foreign key: a push would look its space up once a row, and deleting an account deletes the slots by itself.
CREATE TABLE IF NOT EXISTS slots (
    space_id BLOB NOT NULL,
    slot_key BLOB NOT NULL,
    collection BLOB NOT NULL,
    stamp BLOB NOT NULL,
    size INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    register BLOB NOT NULL,
    PRIMARY KEY (space_id, slot_key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS slots_by_seq ON slots (space_id, seq, collection, size);

CREATE TABLE IF NOT EXISTS replicas (
    space_id BLOB NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    replica BLOB NOT NULL,
    schema_name BLOB,
    schema_version INTEGER,
    schema_digest BLOB,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (space_id, replica)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    family BLOB NOT NULL,
    expires_ms INTEGER NOT NULL,
    replaced_ms INTEGER,
    successor BLOB,
    uses INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS refresh_tokens_by_family ON refresh_tokens (family);

CREATE INDEX IF NOT EXISTS refresh_tokens_by_account ON refresh_tokens (account_id);

CREATE INDEX IF NOT EXISTS refresh_tokens_by_expiry ON refresh_tokens (expires_ms);

CREATE TABLE IF NOT EXISTS login_failures (
    email_hash BLOB NOT NULL,
    failed_ms INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    PRIMARY KEY (email_hash, failed_ms, nonce)
) WITHOUT ROWID;
