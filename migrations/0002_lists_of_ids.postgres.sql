-- Many ids go into a statement as one JSON text; SQLite has a function of this name.
create function json_each(source text) returns table (value text)
    language sql immutable as $$ select jsonb_array_elements_text(source::jsonb) $$;
