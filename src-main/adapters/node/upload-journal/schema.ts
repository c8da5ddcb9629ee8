import type { Migration } from '../sqlite-database.ts'

/**
 * Tables of the upload journal. `state`, `section`, `lane` and `open` are derived when a row is written, so that lists, counts and the
 * choice of the next upload come from an index at any size. Committing counts what it adds; the trigger keeps the counts from then on.
 */
export const uploadJournalMigrations: readonly Migration[] = [
  `
  CREATE TABLE upload_journal (only INTEGER PRIMARY KEY CHECK (only = 1), revision INTEGER NOT NULL);
  INSERT INTO upload_journal VALUES (1, 0);

  CREATE TABLE runner_lock (
    only INTEGER PRIMARY KEY CHECK (only = 1), owner_id TEXT NOT NULL, pid INTEGER NOT NULL, heartbeat_ms INTEGER NOT NULL
  );

  CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    watch_folder_id TEXT,
    after_json TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    job_state TEXT NOT NULL DEFAULT 'none',
    job_id TEXT
  ) WITHOUT ROWID;
  CREATE INDEX batches_by_time ON batches (account_id, created_ms);
  CREATE INDEX batches_of_folder ON batches (watch_folder_id) WHERE watch_folder_id IS NOT NULL;
  CREATE INDEX batches_open ON batches (account_id) WHERE job_state <> 'closed';

  CREATE TABLE uploads (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    batch_id TEXT NOT NULL REFERENCES batches (id),
    account_id TEXT NOT NULL,
    identity TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    root_path TEXT NOT NULL,
    directory TEXT NOT NULL,
    file_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    sent_bytes INTEGER NOT NULL DEFAULT 0,
    target_json TEXT NOT NULL,
    decision_json TEXT NOT NULL,
    sidecars_json TEXT NOT NULL,
    step TEXT NOT NULL DEFAULT 'planned',
    hold TEXT NOT NULL DEFAULT 'none',
    active INTEGER NOT NULL DEFAULT 0,
    pending TEXT,
    external_id TEXT NOT NULL,
    asset_id TEXT,
    version_id TEXT,
    versions_before_json TEXT,
    format_id TEXT,
    file_set_id TEXT,
    storage_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before_ms INTEGER NOT NULL DEFAULT 0,
    restarts INTEGER NOT NULL DEFAULT 0,
    error_json TEXT,
    warning TEXT,
    proof TEXT NOT NULL DEFAULT '',
    preview TEXT NOT NULL DEFAULT 'none',
    preview_job_id TEXT,
    metadata TEXT NOT NULL DEFAULT 'none',
    queued_ms INTEGER NOT NULL,
    finished_ms INTEGER,
    cleared INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    section INTEGER NOT NULL,
    order_key INTEGER NOT NULL,
    lane TEXT NOT NULL,
    begun INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 1
  );
  CREATE UNIQUE INDEX uploads_once ON uploads (account_id, identity)
    WHERE step NOT IN ('verified', 'unproven', 'cancelled');
  CREATE INDEX uploads_next ON uploads (account_id, open, hold, lane, begun DESC, priority DESC, seq) WHERE open = 1;
  CREATE INDEX uploads_shown ON uploads (account_id, cleared, section, order_key);
  CREATE INDEX uploads_by_state ON uploads (account_id, cleared, state, section, order_key);
  CREATE INDEX uploads_of_batch ON uploads (batch_id, seq);
  CREATE INDEX uploads_by_revision ON uploads (account_id, revision);
  CREATE INDEX uploads_metadata_track ON uploads (account_id, metadata) WHERE metadata IN ('waiting', 'sent');
  CREATE INDEX uploads_preview_track ON uploads (account_id, preview) WHERE preview IN ('waiting', 'running');

  CREATE TABLE upload_totals (
    account_id TEXT NOT NULL, batch_id TEXT NOT NULL, cleared INTEGER NOT NULL, state TEXT NOT NULL,
    count INTEGER NOT NULL, size_bytes INTEGER NOT NULL, sent_bytes INTEGER NOT NULL,
    PRIMARY KEY (account_id, cleared, state, batch_id)
  ) WITHOUT ROWID;
  CREATE INDEX upload_totals_of_batch ON upload_totals (batch_id, state);

  CREATE TRIGGER uploads_counted AFTER INSERT ON uploads BEGIN
    INSERT INTO upload_totals VALUES (new.account_id, new.batch_id, new.cleared, new.state, 1, new.size_bytes, new.sent_bytes)
      ON CONFLICT DO UPDATE SET count = count + 1, size_bytes = size_bytes + new.size_bytes, sent_bytes = sent_bytes + new.sent_bytes;
  END;
  CREATE TRIGGER uploads_recounted AFTER UPDATE OF state, cleared, size_bytes, sent_bytes ON uploads
  WHEN new.state <> old.state OR new.cleared <> old.cleared OR new.size_bytes <> old.size_bytes OR new.sent_bytes <> old.sent_bytes
  BEGIN
    UPDATE upload_totals SET count = count - 1, size_bytes = size_bytes - old.size_bytes, sent_bytes = sent_bytes - old.sent_bytes
      WHERE account_id = old.account_id AND cleared = old.cleared AND state = old.state AND batch_id = old.batch_id;
    INSERT INTO upload_totals VALUES (new.account_id, new.batch_id, new.cleared, new.state, 1, new.size_bytes, new.sent_bytes)
      ON CONFLICT DO UPDATE SET count = count + 1, size_bytes = size_bytes + new.size_bytes, sent_bytes = sent_bytes + new.sent_bytes;
  END;

  CREATE TABLE upload_files (
    upload_seq INTEGER NOT NULL REFERENCES uploads (seq),
    idx INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    path TEXT NOT NULL,
    relative_path TEXT NOT NULL,
    role TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ms REAL NOT NULL,
    inode TEXT NOT NULL,
    step TEXT NOT NULL DEFAULT 'planned',
    file_id TEXT,
    checkpoint_json TEXT,
    sent_bytes INTEGER NOT NULL DEFAULT 0,
    md5 TEXT,
    sha1 TEXT,
    crc32c TEXT,
    xxh128 TEXT,
    proven INTEGER NOT NULL DEFAULT 0,
    evidence TEXT NOT NULL DEFAULT '',
    closed_ms INTEGER,
    PRIMARY KEY (upload_seq, idx)
  ) WITHOUT ROWID;
  CREATE INDEX upload_files_by_path ON upload_files (account_id, path);
  CREATE INDEX upload_files_by_size ON upload_files (account_id, size_bytes);

  CREATE TABLE made_collections (
    account_id TEXT NOT NULL, external_id TEXT NOT NULL, title TEXT NOT NULL, parent_id TEXT, collection_id TEXT,
    PRIMARY KEY (account_id, external_id)
  ) WITHOUT ROWID;

  CREATE TABLE twin_sweeps (
    id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    due_ms INTEGER NOT NULL,
    round INTEGER NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX twin_sweeps_once ON twin_sweeps (account_id, kind, external_id);
  CREATE INDEX twin_sweeps_due ON twin_sweeps (account_id, due_ms);
  `,
  `
  ALTER TABLE uploads ADD COLUMN way TEXT NOT NULL DEFAULT 'long';

  CREATE TABLE one_shot_refusals (
    account_id TEXT NOT NULL, storage_id TEXT NOT NULL, refused_ms INTEGER NOT NULL, PRIMARY KEY (account_id, storage_id)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE uploads ADD COLUMN job_state TEXT NOT NULL DEFAULT 'closed';
  ALTER TABLE uploads ADD COLUMN job_id TEXT;
  CREATE INDEX uploads_with_job ON uploads (batch_id, seq) WHERE job_state <> 'closed';
  `,
  'CREATE INDEX uploads_of_asset ON uploads (asset_id, seq) WHERE asset_id IS NOT NULL',
  'CREATE INDEX uploads_by_external_id ON uploads (account_id, external_id, seq)',
  // Thousands of frames have one size: among them a content is found without looking at each.
  `
  DROP INDEX upload_files_by_size;
  CREATE INDEX upload_files_by_content ON upload_files (account_id, size_bytes, xxh128);
  `,
  // Counted by whoever commits a plan, once for all of it: the trigger took more than the row with all its indexes.
  'DROP TRIGGER uploads_counted',
  // Each announcement asks for the sums of an account and of each watch folder: they follow the counts of the batches, which grow
  // with every batch ever made. Open batches are few among them, and asked for in their order.
  `
  CREATE TABLE account_totals (
    account_id TEXT NOT NULL, cleared INTEGER NOT NULL, state TEXT NOT NULL,
    count INTEGER NOT NULL, size_bytes INTEGER NOT NULL, sent_bytes INTEGER NOT NULL,
    PRIMARY KEY (account_id, cleared, state)
  ) WITHOUT ROWID;
  INSERT INTO account_totals SELECT account_id, cleared, state, sum(count), sum(size_bytes), sum(sent_bytes)
    FROM upload_totals GROUP BY account_id, cleared, state;

  CREATE TABLE watch_folder_totals (
    watch_folder_id TEXT NOT NULL, state TEXT NOT NULL,
    count INTEGER NOT NULL, size_bytes INTEGER NOT NULL, sent_bytes INTEGER NOT NULL,
    PRIMARY KEY (watch_folder_id, state)
  ) WITHOUT ROWID;
  INSERT INTO watch_folder_totals SELECT b.watch_folder_id, t.state, sum(t.count), sum(t.size_bytes), sum(t.sent_bytes)
    FROM upload_totals t JOIN batches b ON b.id = t.batch_id
    WHERE b.watch_folder_id IS NOT NULL GROUP BY b.watch_folder_id, t.state;

  CREATE TRIGGER upload_totals_begun AFTER INSERT ON upload_totals BEGIN
    INSERT INTO account_totals VALUES (new.account_id, new.cleared, new.state, new.count, new.size_bytes, new.sent_bytes)
      ON CONFLICT DO UPDATE SET
        count = count + new.count, size_bytes = size_bytes + new.size_bytes, sent_bytes = sent_bytes + new.sent_bytes;
    INSERT INTO watch_folder_totals SELECT watch_folder_id, new.state, new.count, new.size_bytes, new.sent_bytes
      FROM batches WHERE id = new.batch_id AND watch_folder_id IS NOT NULL
      ON CONFLICT DO UPDATE SET
        count = count + new.count, size_bytes = size_bytes + new.size_bytes, sent_bytes = sent_bytes + new.sent_bytes;
  END;
  CREATE TRIGGER upload_totals_changed AFTER UPDATE ON upload_totals BEGIN
    UPDATE account_totals SET
        count = count + new.count - old.count,
        size_bytes = size_bytes + new.size_bytes - old.size_bytes,
        sent_bytes = sent_bytes + new.sent_bytes - old.sent_bytes
      WHERE account_id = new.account_id AND cleared = new.cleared AND state = new.state;
    UPDATE watch_folder_totals SET
        count = count + new.count - old.count,
        size_bytes = size_bytes + new.size_bytes - old.size_bytes,
        sent_bytes = sent_bytes + new.sent_bytes - old.sent_bytes
      WHERE watch_folder_id = (SELECT watch_folder_id FROM batches WHERE id = new.batch_id) AND state = new.state;
  END;

  DROP INDEX batches_open;
  CREATE INDEX batches_open ON batches (account_id, created_ms) WHERE job_state <> 'closed';
  `,
]
