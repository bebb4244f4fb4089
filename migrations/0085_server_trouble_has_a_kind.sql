-- What sort of trouble a server has, so that pages can offer what mends it; null while there is none.

alter table servers add column trouble text;
