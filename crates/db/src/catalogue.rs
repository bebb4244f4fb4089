//! What tables a database has, asked of the database itself: for backups, which must not forget one.

use kit::stored::Kind;
use kit::{Value, stored::Stored};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::engine::{Engine, SqlText};
use crate::error::DbError;
use crate::read::Read;
use crate::row::{FromRow, Row};

/// A table as it is in this database. Made here alone, so its names are the database's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    /// Tables that must be filled before this one.
    parents: Vec<String>,
}

/// A column and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

impl Table {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn select(&self) -> SqlText {
        safe(format!(
            "select {} from \"{}\"",
            self.column_names(),
            self.name
        ))
    }

    pub(crate) fn count(&self) -> SqlText {
        safe(format!("select count(*) from \"{}\"", self.name))
    }

    pub(crate) fn clear(&self) -> SqlText {
        safe(format!("delete from \"{}\"", self.name))
    }

    pub(crate) fn insert(&self, rows: usize) -> SqlText {
        let width = self.columns.len();
        let row = |at: usize| {
            let places: Vec<String> = (1..=width)
                .map(|n| format!("${}", at * width + n))
                .collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        safe(format!(
            "insert into \"{}\" ({}) values {}",
            self.name,
            self.column_names(),
            rows.join(", ")
        ))
    }

    pub(crate) fn read(&self, row: &Row) -> Result<Vec<Value>, DbError> {
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(at, column)| row.value_at(at, column.kind))
            .collect()
    }

    fn column_names(&self) -> String {
        let quoted: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        quoted.join(", ")
    }
}

/// Safe: joined from names that the database's catalogue gave.
fn safe(text: String) -> SqlText {
    AssertSqlSafe(text).into_sql_str()
}

/// A column and its table, or a table and one that it refers to.
struct Pair {
    table: String,
    other: String,
    kind: String,
}

impl FromRow for Pair {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let text = |at| {
            String::read(row.value_at(at, Kind::Text)?)
                .map_err(|e| DbError::unreadable("catalogue", e))
        };
        Ok(Self {
            table: text(0)?,
            other: text(1)?,
            kind: text(2)?,
        })
    }
}

const COLUMNS_OF_SQLITE: &str = "
    select t.name, c.name, lower(c.type)
      from sqlite_master t join pragma_table_info(t.name) c
     where t.type = 'table' and t.name not like 'sqlite_%' and t.name <> 'migrations'
     order by t.name, c.cid";

const COLUMNS_OF_POSTGRES: &str = "
    select cast(c.table_name as text), cast(c.column_name as text), cast(c.data_type as text)
      from information_schema.columns c
      join information_schema.tables t
        on t.table_schema = c.table_schema and t.table_name = c.table_name
     where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
       and c.table_name <> 'migrations'
     order by cast(c.table_name as text) collate \"C\", c.ordinal_position";

const PARENTS_OF_SQLITE: &str = "
    select t.name, f.\"table\", ''
      from sqlite_master t join pragma_foreign_key_list(t.name) f
     where t.type = 'table'";

const PARENTS_OF_POSTGRES: &str = "
    select cast(child.relname as text), cast(parent.relname as text), ''
      from pg_constraint k
      join pg_class child on child.oid = k.conrelid
      join pg_class parent on parent.oid = k.confrelid
      join pg_namespace n on n.oid = child.relnamespace
     where k.contype = 'f' and n.nspname = current_schema()";

/// All tables but that of migrations, each after those that it refers to.
pub(crate) async fn tables(mut read: impl Read, engine: Engine) -> Result<Vec<Table>, DbError> {
    let (columns, parents) = match engine {
        Engine::Sqlite => (COLUMNS_OF_SQLITE, PARENTS_OF_SQLITE),
        Engine::Postgres => (COLUMNS_OF_POSTGRES, PARENTS_OF_POSTGRES),
    };
    let mut tables: Vec<Table> = Vec::new();
    for Pair { table, other, kind } in read.all::<Pair>(columns, Vec::new()).await? {
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table {
                name: table,
                columns: Vec::new(),
                parents: Vec::new(),
            });
        }
        let column = Column {
            kind: kind_of(&kind, &other)?,
            name: other,
        };
        tables
            .last_mut()
            .expect("one was just made sure of")
            .columns
            .push(column);
    }
    for pair in read.all::<Pair>(parents, Vec::new()).await? {
        let child = tables.iter_mut().find(|table| table.name == pair.table);
        if let Some(child) = child.filter(|child| child.name != pair.other) {
            child.parents.push(pair.other);
        }
    }
    Ok(in_order(tables))
}

fn kind_of(kind: &str, column: &str) -> Result<Kind, DbError> {
    match kind {
        "text" => Ok(Kind::Text),
        "bigint" => Ok(Kind::Int),
        "double precision" => Ok(Kind::Float),
        "boolean" => Ok(Kind::Bool),
        other => Err(DbError::Unreadable {
            column: column.to_owned(),
            reason: format!("the type {other} is not of the portable subset"),
        }),
    }
}

/// Parents first. Tables that refer to each other in a ring keep their order by name.
fn in_order(mut waiting: Vec<Table>) -> Vec<Table> {
    let mut placed: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            table
                .parents
                .iter()
                .all(|parent| placed.iter().any(|one| one.name == *parent))
        };
        let next = waiting.iter().position(is_free).unwrap_or(0);
        placed.push(waiting.remove(next));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, parents: &[&str]) -> Table {
        Table {
            name: name.to_owned(),
            columns: vec![Column {
                name: "id".to_owned(),
                kind: Kind::Text,
            }],
            parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
        }
    }

    #[test]
    fn parents_come_before_their_children_and_rings_end() {
        let ordered = in_order(vec![
            table("a", &["c"]),
            table("b", &["a"]),
            table("c", &[]),
        ]);
        let names: Vec<&str> = ordered.iter().map(Table::name).collect();
        assert_eq!(names, ["c", "a", "b"]);
        assert_eq!(
            in_order(vec![table("x", &["y"]), table("y", &["x"])]).len(),
            2
        );
    }

    #[test]
    fn rows_are_numbered_through() {
        let text = table("a", &[]).insert(2);
        assert_eq!(
            text.as_str(),
            "insert into \"a\" (\"id\") values ($1), ($2)"
        );
    }
}
