-- The board: logs, their entries, and the payloads that wait to be numbered (specs/board.md#sequencing).
-- Hashes are SHA-256: blobs of 32 bytes. Sizes and indexes are below 2^63.

create table log (
    id         integer not null primary key, -- names the log in the other tables
    origin     text    not null,             -- the log's origin: <host>/<election id>
    size       integer not null,             -- number of entries that the signed checkpoint covers
    root       blob    not null,             -- root of the tree over these entries (RFC 6962)
    checkpoint blob,                         -- the signed note over size and root, verbatim; null while the log is empty

    constraint log_origin_unique unique (origin),
    constraint log_origin_length check (length(origin) between 1 and 100),
    constraint log_size_natural check (size >= 0),
    constraint log_root_length check (length(root) = 32),
    constraint log_checkpoint_present check ((size = 0) = (checkpoint is null))
) strict;

create table entry (
    log          integer not null, -- the log in which the entry stands
    entry_index  integer not null, -- position in the log, from 0, without gaps
    kind         text    not null, -- kind of the entry, as in its bytes
    leaf_hash    blob    not null, -- leaf hash of the bytes
    payload_hash blob    not null, -- hash of the payload alone: by it a retry finds its entry
    bytes        blob    not null, -- the entry, verbatim: what was hashed and what is published

    constraint entry_place_unique primary key (log, entry_index),
    constraint entry_payload_unique unique (log, payload_hash),
    constraint entry_log_exists foreign key (log) references log (id),
    constraint entry_index_natural check (entry_index >= 0),
    constraint entry_leaf_length check (length(leaf_hash) = 32),
    constraint entry_payload_length check (length(payload_hash) = 32),
    constraint entry_bytes_length check (length(bytes) between 1 and 65535)
) strict;

create table vote (
    log         integer not null, -- the log in which the entry stands
    entry_index integer not null, -- the entry: a ballot or a challenge
    kind        text    not null, -- which of the two
    credential  blob    not null, -- K of the voter
    tracker     blob    not null, -- what the voter keeps of it

    constraint vote_place_unique primary key (log, entry_index),
    constraint vote_entry_exists foreign key (log, entry_index) references entry (log, entry_index),
    constraint vote_credential_length check (length(credential) = 32),
    constraint vote_tracker_length check (length(tracker) = 20)
) strict;

create index vote_tracker on vote (log, tracker);
create index vote_credential on vote (log, credential, entry_index);

create table closing (
    log          integer not null primary key, -- the log whose election the authority closes
    number       integer not null,             -- of the last request that was taken
    is_closing   integer not null,             -- 1: nothing but `close` is taken; 0: voting goes on
    payload_hash blob    not null,             -- hash of the request: the same one again is answered again

    constraint closing_log_exists foreign key (log) references log (id),
    constraint closing_number_natural check (number >= 1),
    constraint closing_is_boolean check (is_closing in (0, 1)),
    constraint closing_payload_length check (length(payload_hash) = 32)
) strict;

create table pending (
    arrival      integer not null primary key, -- order of arrival; forgotten when the payload is numbered
    log          integer not null,             -- the log that the payload is for
    payload_hash blob    not null,             -- hash of the payload: one payload waits once
    kind         text    not null,             -- kind of the entry that the payload asks for
    payload      blob    not null,             -- what the author wrote, verbatim
    credential   blob,                         -- K of a ballot or challenge, null for other kinds: one waits per credential
    nonce        blob,                         -- R of a ballot or challenge, null for other kinds: one waits per R

    constraint pending_payload_unique unique (log, payload_hash),
    constraint pending_credential_unique unique (log, credential),
    constraint pending_nonce_unique unique (log, nonce),
    constraint pending_log_exists foreign key (log) references log (id),
    constraint pending_payload_hash_length check (length(payload_hash) = 32),
    constraint pending_payload_length check (length(payload) between 0 and 65000),
    constraint pending_credential_length check (credential is null or length(credential) = 32),
    constraint pending_nonce_length check (nonce is null or length(nonce) = 32),
    constraint pending_voter_complete check ((credential is null) = (nonce is null))
) strict;

-- The log is append-only: an entry is never changed, never removed, and follows the one before.

create trigger entry_never_updated before update on entry
begin
    select raise(abort, 'an entry is never changed');
end;

create trigger entry_never_deleted before delete on entry
begin
    select raise(abort, 'an entry is never deleted');
end;

create trigger entry_follows before insert on entry
when new.entry_index <> (select coalesce(max(entry_index) + 1, 0) from entry where log = new.log)
begin
    select raise(abort, 'an entry follows the entry before it');
end;

create trigger log_never_deleted before delete on log
begin
    select raise(abort, 'a log is never deleted');
end;

create trigger log_only_grows before update on log
when new.id <> old.id or new.origin <> old.origin or new.size <= old.size
begin
    select raise(abort, 'a log keeps its origin and only grows');
end;

create trigger vote_never_updated before update on vote
begin
    select raise(abort, 'a vote is never changed');
end;

create trigger vote_never_deleted before delete on vote
begin
    select raise(abort, 'a vote is never deleted');
end;

-- What the authority asked for later counts, and nothing that it asked for before.

create trigger closing_number_grows before update on closing
when new.number <= old.number
begin
    select raise(abort, 'the number of a request to close grows');
end;
