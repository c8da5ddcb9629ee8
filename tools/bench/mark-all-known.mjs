// Marks every file of a tree as uploaded in the watch journal of a state folder. Arguments: database, tree.
import { lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const [database, tree] = process.argv.slice(2)
const db = new DatabaseSync(database)
const { id } = db.prepare('SELECT id FROM watch_folders WHERE path = ?').get(tree)
const insert = db.prepare(
  `INSERT INTO watch_files (folder_id, parent_key, key, relative_path, size_bytes, mtime_ms, inode, state, upload_id, asset_id, reason, is_content)
   VALUES (?, ?, ?, ?, ?, ?, ?, 'done', NULL, NULL, '', 1)`,
)
db.exec('BEGIN')
for (const folder of readdirSync(tree))
  for (const name of readdirSync(path.join(tree, folder))) {
    const seen = lstatSync(path.join(tree, folder, name), { bigint: true })
    const mtimeMs = Number(seen.mtimeNs / 1_000_000_000n) * 1000 + Number(seen.mtimeNs % 1_000_000_000n) / 1e6
    const key = `${folder}/${name}`
    insert.run(id, folder, key, key, Number(seen.size), mtimeMs, String(seen.ino))
  }
db.exec('COMMIT')
db.close()
