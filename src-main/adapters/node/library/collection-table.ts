import type { CollectionNode } from '@contract/collections.ts'
import type { CollectionId } from '@contract/ids.ts'
import { sortText } from '../../../core/library/sort-text.ts'
import type { CollectionDocument } from '../../../ports/iconik-api.ts'
import type { Statements } from '../statements.ts'

interface Node {
  id: string
  parentId: string | null
  title: string
}

/** Deeper than any real tree; a loop of parents ends here. */
const DEEPEST = 100

/** The collections of an account and the tree that they form. */
export class CollectionTable {
  readonly #sql: Statements
  #nodes: Map<string, Node> | null = null
  #children: Map<string | null, Node[]> | null = null

  constructor(sql: Statements) {
    this.#sql = sql
  }

  /** What was read is out of date. */
  forget(): void {
    this.#nodes = null
    this.#children = null
  }

  /** @returns whether anything is new or different */
  put(collections: readonly CollectionDocument[]): boolean {
    let isChanged = false
    for (const collection of collections) {
      if (collection.status === 'DELETED') {
        isChanged = this.remove([collection.id]) || isChanged
        continue
      }
      const document = JSON.stringify(collection)
      const known = this.#sql.of('SELECT document FROM collections WHERE id = ?').get(collection.id)
      if (known?.['document'] === document) continue
      this.#sql
        .of(
          'INSERT OR REPLACE INTO collections (id, parent_id, title, title_sort, document) VALUES (?, ?, ?, ?, ?)',
        )
        .run(collection.id, collection.parentId, collection.title, sortText(collection.title), document)
      isChanged = true
    }
    return isChanged
  }

  keepOnly(ids: readonly CollectionId[]): boolean {
    const kept = new Set<string>(ids)
    return this.remove([...this.#all().keys()].filter((id) => !kept.has(id)))
  }

  remove(ids: readonly string[]): boolean {
    const statement = this.#sql.of('DELETE FROM collections WHERE id = ?')
    return ids.reduce((isChanged, id) => Number(statement.run(id).changes) > 0 || isChanged, false)
  }

  titleOf(id: string): string {
    return this.#all().get(id)?.title ?? ''
  }

  /** Titles from the top down; [] when it is not known. */
  path(id: string): string[] {
    const titles: string[] = []
    for (let node = this.#all().get(id); node && titles.length < DEEPEST; node = this.#parentOf(node))
      titles.unshift(node.title)
    return titles
  }

  /** The collection and all below it. */
  within(id: string): string[] {
    const found = new Set([id])
    for (const member of found) for (const child of this.#below().get(member) ?? []) found.add(child.id)
    return [...found]
  }

  /**
   * @param count how many assets each group of collections holds; a collection and all below it are one group
   */
  children(
    parentId: CollectionId | null,
    count: (groupOf: ReadonlyMap<string, number>) => ReadonlyMap<number, number>,
  ): CollectionNode[] {
    const nodes = this.#below().get(parentId) ?? []
    const groupOf = new Map<string, number>()
    for (const [group, node] of nodes.entries()) for (const id of this.within(node.id)) groupOf.set(id, group)
    const counts = count(groupOf)
    return nodes.map((node, group) => ({
      id: node.id as CollectionId,
      parentId,
      title: node.title,
      assetCount: counts.get(group) ?? 0,
      hasChildren: this.#below().has(node.id),
    }))
  }

  find(text: string, limit: number): { id: CollectionId; path: string[] }[] {
    const wanted = sortText(text)
    return this.#sql
      .of(
        `SELECT id FROM collections WHERE instr(title_sort, ?) > 0
         ORDER BY instr(title_sort, ?), length(title_sort), title_sort LIMIT ?`,
      )
      .all(wanted, wanted, limit)
      .map((row) => ({ id: String(row['id']) as CollectionId, path: this.path(String(row['id'])) }))
  }

  #parentOf(node: Node): Node | undefined {
    return node.parentId === null ? undefined : this.#all().get(node.parentId)
  }

  #all(): Map<string, Node> {
    if (this.#nodes) return this.#nodes
    const rows = this.#sql.of('SELECT id, parent_id, title FROM collections ORDER BY title_sort, id').all()
    this.#nodes = new Map(
      rows.map((row) => [
        String(row['id']),
        { id: String(row['id']), parentId: row['parent_id'] as string | null, title: String(row['title']) },
      ]),
    )
    return this.#nodes
  }

  /** By parent; a collection whose parent is not there (no right to see it) stands at the top. */
  #below(): Map<string | null, Node[]> {
    if (this.#children) return this.#children
    const children = new Map<string | null, Node[]>()
    for (const node of this.#all().values()) {
      const parent = node.parentId !== null && this.#all().has(node.parentId) ? node.parentId : null
      const siblings = children.get(parent)
      if (siblings) siblings.push(node)
      else children.set(parent, [node])
    }
    this.#children = children
    return children
  }
}
