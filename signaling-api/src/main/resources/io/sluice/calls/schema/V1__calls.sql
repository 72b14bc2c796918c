-- Calls by code. Times are milliseconds since 1970.
CREATE TABLE call_record (
    code VARCHAR(16) PRIMARY KEY,
    title VARCHAR(256) NOT NULL,
    password_hash VARCHAR(128),
    lobby BOOLEAN NOT NULL,
    audio_only BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL,
    max_participants INT NOT NULL,
    host_key_hash VARCHAR(64),
    used_millis BIGINT NOT NULL
);

-- Who has been in a call, in the order of their coming.
CREATE TABLE call_member (
    code VARCHAR(16) NOT NULL REFERENCES call_record (code) ON DELETE CASCADE,
    position INT NOT NULL,
    identity VARCHAR(64) NOT NULL,
    role VARCHAR(16) NOT NULL,
    standing VARCHAR(16) NOT NULL,
    name VARCHAR(256) NOT NULL,
    PRIMARY KEY (code, identity)
);

-- What signs the tokens of calls: one row.
CREATE TABLE call_signing (
    secret VARCHAR(128) NOT NULL
);
