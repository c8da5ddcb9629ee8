import type { Migration } from '../sqlite-database.ts'

export const libraryMigrations: readonly Migration[] = [
  `
  CREATE TABLE assets (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    title_sort TEXT NOT NULL,
    date_created TEXT NOT NULL,
    date_modified TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    has_poster INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    -- AssetRow and the rest of the detail, as JSON
    asset_row TEXT NOT NULL,
    detail TEXT NOT NULL,
    search_text TEXT NOT NULL,
    -- JSON list of [field number, value code] pairs, so that they can be taken out again
    pairs TEXT NOT NULL,
    -- JSON of MediaFacts that were read apart from the search document, or null
    facts TEXT
  );
  CREATE INDEX assets_by_title ON assets (title_sort, n);
  CREATE INDEX assets_by_created ON assets (date_created, n);
  CREATE INDEX assets_by_modified ON assets (date_modified, n);
  CREATE INDEX assets_by_duration ON assets (duration_ms, n);
  CREATE INDEX assets_by_size ON assets (size_bytes, n);
  CREATE INDEX assets_by_status ON assets (status, n);
  CREATE INDEX assets_without_poster ON assets (date_created) WHERE has_poster = 0;
  CREATE VIRTUAL TABLE asset_words USING fts5 (
    title, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
  );

  CREATE TABLE facet_fields (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE facet_values (
    code INTEGER PRIMARY KEY, field INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE (field, value)
  );
  CREATE TABLE asset_facets (
    field INTEGER NOT NULL, n INTEGER NOT NULL, code INTEGER NOT NULL, PRIMARY KEY (field, n, code)
  ) WITHOUT ROWID;

  CREATE TABLE collections (
    id TEXT PRIMARY KEY,
    parent_id TEXT,
    title TEXT NOT NULL,
    title_sort TEXT NOT NULL,
    document TEXT NOT NULL
  );
  CREATE INDEX collections_by_parent ON collections (parent_id, title_sort);

  CREATE TABLE kept (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;

  CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    view_id TEXT,
    state TEXT NOT NULL,
    -- JSON of the rest of the edit
    body TEXT NOT NULL
  );
  CREATE TABLE edit_assets (
    asset_id TEXT NOT NULL, edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
    PRIMARY KEY (asset_id, edit_id)
  ) WITHOUT ROWID;
  CREATE INDEX edit_assets_by_edit ON edit_assets (edit_id);

  CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  ALTER TABLE edits ADD COLUMN sent_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE edits ADD COLUMN asset_count INTEGER NOT NULL DEFAULT 1;
  -- What an edit of many assets knows of each of them; JSON of field to values, or null
  CREATE TABLE edited_assets (
    edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
    place INTEGER NOT NULL, asset_id TEXT NOT NULL, base TEXT, before TEXT, own TEXT,
    PRIMARY KEY (edit_id, place)
  ) WITHOUT ROWID;
  CREATE INDEX edited_assets_by_asset ON edited_assets (edit_id, asset_id);
  `,
  `
  -- Columns of words instead of their places: no phrase is ever searched for, and common words are found in half the time.
  -- What is deleted is named word by word: with contentless_delete a search looks at a list of the deleted for each asset that
  -- it finds, which takes six times as long once one asset in a hundred was edited.
  -- Marks belong to words, as in core/library/match-words.ts: a word that fell apart here would be a phrase.
  DROP TABLE asset_words;
  CREATE VIRTUAL TABLE asset_words USING fts5 (
    title, body, content='', prefix='1 2 3', detail=column, tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
  );
  INSERT INTO asset_words (rowid, title, body) SELECT n, asset_row ->> '$.title', search_text FROM assets;
  `,
]
