-- A webhook is one request that was addressed to a registration. The body
-- stands last, so that a list is read without touching it.
CREATE TABLE webhook (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    received_at     INTEGER NOT NULL,                  -- nanoseconds since 1970
    type            TEXT    NOT NULL,                  -- '' where the body does not tell
    name            TEXT    NOT NULL,
    reference       TEXT    NOT NULL,
    psp_reference   TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    amount          INTEGER,                           -- minor units; NULL where there is none
    failed          INTEGER NOT NULL DEFAULT 0,        -- 1 where the body has "success": false
    verified        INTEGER NOT NULL,                  -- 0 or 1
    problem         TEXT    NOT NULL,                  -- '' exactly where verified is 1
    status          INTEGER NOT NULL,                  -- what was answered
    clock_offset    INTEGER,                           -- nanoseconds; NULL without a date
    token           TEXT    NOT NULL,                  -- the registration's path segment
    registration_id TEXT    NOT NULL,
    size            INTEGER NOT NULL,                  -- bytes of headers and body
    method          TEXT    NOT NULL,
    path            TEXT    NOT NULL,                  -- with the query, as it arrived
    url             TEXT    NOT NULL,                  -- the registered one
    remote          TEXT    NOT NULL,
    headers         TEXT    NOT NULL,                  -- JSON, Host included
    body            BLOB    NOT NULL                   -- the bytes as they arrived
) STRICT;

-- Filter by event type, and count: the narrowest index over all rows.
CREATE INDEX webhook_name ON webhook (name);
-- Filter by reference.
CREATE INDEX webhook_reference ON webhook (reference) WHERE reference <> '';
-- Filter by registration.
CREATE INDEX webhook_token ON webhook (token);
-- Count the rejected ones and find the oldest of them with their sizes.
CREATE INDEX webhook_rejected ON webhook (seq, size) WHERE verified = 0;

-- The journal of registrations, written before the provider is asked.
CREATE TABLE registration (
    token       TEXT    PRIMARY KEY,
    url         TEXT    NOT NULL,
    id          TEXT    NOT NULL,                      -- '' until the provider has answered
    api_url     TEXT    NOT NULL,
    msn         TEXT    NOT NULL,
    events      TEXT    NOT NULL,                      -- JSON
    keep        INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    released_at INTEGER,                               -- NULL until it is deleted at the provider
    owner       TEXT    NOT NULL
) STRICT;

CREATE INDEX registration_unit ON registration (api_url, msn);

-- A run that has claimed registrations and answers for them while it lives.
CREATE TABLE owner (
    instance    TEXT    PRIMARY KEY,
    host        TEXT    NOT NULL,
    pid         INTEGER NOT NULL,
    birth       TEXT    NOT NULL,                      -- tells two processes with one pid apart
    lease_until INTEGER NOT NULL                       -- nanoseconds since 1970
) STRICT;
