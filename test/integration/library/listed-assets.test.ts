import { AssetQuery } from '@contract/assets.ts'
import { assetHandlers } from '@main/ipc/handlers/assets.ts'
import { SqliteLibrary } from '@main/adapters/node/library/sqlite-library.ts'
import { Assets } from '@main/services/library/assets.ts'
import type { Library } from '@main/services/library/library.ts'
import { mirrorAsset } from '@main/services/library/mirror-asset.ts'
import { assetDocument, idOf } from '@test/support/mirrored-assets.ts'
import { expect, it } from 'vitest'

const query = AssetQuery.parse({ sort: { field: 'title', order: 'asc' } })
const window = { offset: 0, limit: 10 }

function opened() {
  const store = new SqliteLibrary(':memory:')
  const asked: string[][] = []
  const library = { store: () => Promise.resolve(store) } as unknown as Library
  const assets = new Assets(library, {
    provenFiles: () => [],
    provenAssets: (ids) => {
      asked.push(ids)
      return [idOf(2)]
    },
  })
  store.put(
    [1, 2, 3].map((number) =>
      mirrorAsset(
        assetDocument(number, {
          metadata: { scene: [number === 3 ? '9' : '42'] },
          raw: { metadata: {} },
        }),
      ),
    ),
    1,
  )
  return { handlers: assetHandlers(library, assets), asked, close: () => store.close() }
}

it('rows come in their groups, with the values asked for and with what this machine saw proven, in one question', async () => {
  const { handlers, asked, close } = opened()
  const input = { query, groupBy: 'metadata.scene', fields: ['scene'], window }
  const { rows } = await handlers['assets.query'](input)
  expect(rows.map(({ id, values, isProven }) => [id, values['scene'], isProven])).toEqual([
    [idOf(3), ['9'], false],
    [idOf(1), ['42'], false],
    [idOf(2), ['42'], true],
  ])
  expect(asked).toEqual([[idOf(3), idOf(1), idOf(2)]])
  const groups = await handlers['assets.groups']({ query, groupBy: 'metadata.scene' })
  expect(groups).toMatchObject({
    groupCount: 2,
    groups: [
      { value: '9', count: 1 },
      { value: '42', count: 2 },
    ],
  })
  const range = { query, groupBy: 'metadata.scene', from: 0, to: 1 }
  expect(await handlers['assets.ids'](range)).toEqual([idOf(3), idOf(1)])
  close()
})
