-- The board: logs, their entries, and the payloads that wait to be numbered (specs/board.md#sequencing).
-- Hashes are SHA-256: 32 bytes. Sizes and indexes are below 2^63.

create table log (
    id         bigint generated always as identity, -- names the log in the other tables
    origin     text   not null,                     -- the log's origin: <host>/<election id>
    size       bigint not null,                     -- number of entries that the signed checkpoint covers
    root       bytea  not null,                     -- root of the tree over these entries (RFC 6962)
    checkpoint bytea,                               -- the signed note over size and root, verbatim; null while the log is empty

    constraint log_id_unique primary key (id),
    constraint log_origin_unique unique (origin),
    constraint log_origin_length check (length(origin) between 1 and 100),
    constraint log_size_natural check (size >= 0),
    constraint log_root_length check (length(root) = 32),
    constraint log_checkpoint_present check ((size = 0) = (checkpoint is null))
);

create table entry (
    log          bigint not null, -- the log in which the entry stands
    entry_index  bigint not null, -- position in the log, from 0, without gaps
    kind         text   not null, -- kind of the entry, as in its bytes
    leaf_hash    bytea  not null, -- leaf hash of the bytes
    payload_hash bytea  not null, -- hash of the payload alone: by it a retry finds its entry
    bytes        bytea  not null, -- the entry, verbatim: what was hashed and what is published

    constraint entry_place_unique primary key (log, entry_index),
    constraint entry_payload_unique unique (log, payload_hash),
    constraint entry_log_exists foreign key (log) references log (id),
    constraint entry_index_natural check (entry_index >= 0),
    constraint entry_leaf_length check (length(leaf_hash) = 32),
    constraint entry_payload_length check (length(payload_hash) = 32),
    constraint entry_bytes_length check (length(bytes) between 1 and 65535)
);

create table vote (
    log         bigint not null, -- the log in which the entry stands
    entry_index bigint not null, -- the entry: a ballot or a challenge
    kind        text   not null, -- which of the two
    credential  bytea  not null, -- K of the voter
    tracker     bytea  not null, -- what the voter keeps of it

    constraint vote_place_unique primary key (log, entry_index),
    constraint vote_entry_exists foreign key (log, entry_index) references entry (log, entry_index),
    constraint vote_credential_length check (length(credential) = 32),
    constraint vote_tracker_length check (length(tracker) = 20)
);

create index vote_tracker on vote (log, tracker);
create index vote_credential on vote (log, credential, entry_index);

create table closing (
    log          bigint  not null, -- the log whose election the authority closes
    number       bigint  not null, -- of the last request that was taken
    is_closing   boolean not null, -- true: nothing but `close` is taken; false: voting goes on
    payload_hash bytea   not null, -- hash of the request: the same one again is answered again

    constraint closing_log_unique primary key (log),
    constraint closing_log_exists foreign key (log) references log (id),
    constraint closing_number_natural check (number >= 1),
    constraint closing_payload_length check (length(payload_hash) = 32)
);

create table pending (
    arrival      bigint generated always as identity, -- order of arrival; forgotten when the payload is numbered
    log          bigint not null,                     -- the log that the payload is for
    payload_hash bytea  not null,                     -- hash of the payload: one payload waits once
    kind         text   not null,                     -- kind of the entry that the payload asks for
    payload      bytea  not null,                     -- what the author wrote, verbatim
    credential   bytea,                               -- K of a ballot or challenge, null for other kinds: one waits per credential
    nonce        bytea,                               -- R of a ballot or challenge, null for other kinds: one waits per R

    constraint pending_arrival_unique primary key (arrival),
    constraint pending_payload_unique unique (log, payload_hash),
    constraint pending_credential_unique unique (log, credential),
    constraint pending_nonce_unique unique (log, nonce),
    constraint pending_log_exists foreign key (log) references log (id),
    constraint pending_payload_hash_length check (length(payload_hash) = 32),
    constraint pending_payload_length check (length(payload) between 0 and 65000),
    constraint pending_credential_length check (credential is null or length(credential) = 32),
    constraint pending_nonce_length check (nonce is null or length(nonce) = 32),
    constraint pending_voter_complete check ((credential is null) = (nonce is null))
);

create index pending_arrival on pending (log, arrival);

-- Ballots do not shrink: trying to would only cost time.

alter table entry alter column bytes set storage external;
alter table pending alter column payload set storage external;

-- The log is append-only: an entry is never changed, never removed, and follows the one before.

create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '%', tg_argv[0];
end
$$;

create trigger entry_never_updated before update on entry
    for each statement execute function refuse('an entry is never changed');
create trigger entry_never_deleted before delete on entry
    for each statement execute function refuse('an entry is never deleted');
create trigger entry_never_truncated before truncate on entry
    for each statement execute function refuse('an entry is never deleted');

-- The places of the new entries differ: those of a log are without gaps if they are as many as they span, and there is one before.
create function entry_follows() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from new_entry group by log
        having max(entry_index) - min(entry_index) + 1 <> count(*)
            or (min(entry_index) > 0 and not exists (
                select 1 from entry before where before.log = new_entry.log and before.entry_index = min(new_entry.entry_index) - 1
            ))
    ) then
        raise exception 'an entry follows the entry before it';
    end if;
    return null;
end
$$;

create trigger entry_follows after insert on entry referencing new table as new_entry
    for each statement execute function entry_follows();

create trigger log_never_deleted before delete on log
    for each statement execute function refuse('a log is never deleted');
create trigger log_never_truncated before truncate on log
    for each statement execute function refuse('a log is never deleted');
create trigger log_only_grows before update on log
    for each row when (new.id <> old.id or new.origin <> old.origin or new.size <= old.size)
    execute function refuse('a log keeps its origin and only grows');

create trigger vote_never_updated before update on vote
    for each statement execute function refuse('a vote is never changed');
create trigger vote_never_deleted before delete on vote
    for each statement execute function refuse('a vote is never deleted');
create trigger vote_never_truncated before truncate on vote
    for each statement execute function refuse('a vote is never deleted');

-- What the authority asked for later counts, and nothing that it asked for before.

create trigger closing_number_grows before update on closing
    for each row when (new.number <= old.number)
    execute function refuse('the number of a request to close grows');
