-- A button pressed twice begins one attempt: while it waits to be paid, what it is for is its own.

alter table attempts add column cause text;
create unique index attempts_by_cause on attempts (cause) where cause is not null;
