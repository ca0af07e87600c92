-- What became of payloads that were judged and not numbered: whoever handed one in through another process finds it here.

create table rejection (
    number       integer not null primary key autoincrement, -- order in which they were rejected: the oldest are forgotten
    log          integer not null,                           -- the log that the payload was for
    payload_hash blob    not null,                           -- hash of the payload; it may be handed in again
    code         text    not null,                           -- the stable code
    message      text    not null,                           -- what people read

    constraint rejection_payload_unique unique (log, payload_hash),
    constraint rejection_log_exists foreign key (log) references log (id),
    constraint rejection_payload_hash_length check (length(payload_hash) = 32)
) strict;

create index rejection_order on rejection (log, number);
