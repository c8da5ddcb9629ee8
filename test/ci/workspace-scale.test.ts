import { mkdtempSync, rmSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { seedWorkspace, startWorkspace } from '@main/workspace/index.ts'

/** `FERRY_SEED_ASSETS=1000000` for the full size. */
const assets = Number(process.env['FERRY_SEED_ASSETS'] ?? 20_000)

const queries: Record<string, unknown>[] = [
  {},
  { query: 'harbour' },
  { query: 'inter*' },
  { query: 'bridge drone', sort: [{ name: 'title', order: 'asc' }] },
  { query: '"drone pass" AND metadata.Camera:A' },
  { query: 'NOT metadata.Circled:true AND _exists_:metadata.Rights' },
  {
    filter: {
      operator: 'AND',
      terms: [
        { name: 'media_type', value: 'video' },
        { name: 'metadata.Camera', value_in: ['A', 'B'] },
      ],
    },
  },
  {
    filter: {
      operator: 'AND',
      terms: [{ name: 'date_created', range: { min: '2026-01-01', max: '2026-02-01' } }],
    },
  },
]
const facets = ['media_type', 'metadata.Keywords', 'metadata.Project', 'metadata.Status', 'metadata.Camera']

const p95 = (values: number[]) =>
  [...values].sort((left, right) => left - right)[Math.ceil(values.length * 0.95) - 1] ?? 0

it(`a workspace of ${assets} assets starts at once, and searches and counts without a wait`, async () => {
  const dataDir = mkdtempSync('/tmp/ferry-scale-')
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const seeded = await seedWorkspace({ dataDir, assets, seed: 3 })
  expect(seeded.assets).toBe(assets)

  const startedAt = performance.now()
  const workspace = await startWorkspace({ dataDir, previews: false })
  onTestFinished(() => workspace.close())
  const startMs = performance.now() - startedAt

  // Processor time of client and service together: what others do on the machine does not count.
  const search = async (body: Record<string, unknown>) => {
    const before = process.cpuUsage()
    const response = await fetch(
      `${workspace.url}/API/search/v1/search/?per_page=50&save_search_history=false`,
      {
        method: 'POST',
        headers: { 'App-ID': workspace.appId, 'Auth-Token': workspace.authToken },
        body: JSON.stringify({ doc_types: ['assets'], ...body }),
      },
    )
    const answer = (await response.json()) as {
      total: number
      objects: unknown[]
      facets: Record<string, { buckets: unknown[] }>
    }
    const used = process.cpuUsage(before)
    return { ...answer, cpuMs: (used.user + used.system) / 1000 }
  }
  expect((await search({})).total).toBe(assets)
  for (const query of queries) expect((await search(query)).total).toBeGreaterThan(0)
  // Page by page by key, over the borders of the blocks in which the index is walked.
  const walked: { id: string; title: string }[] = []
  for (let after: unknown; walked.length < 3000;) {
    const page = (await search({
      sort: [{ name: 'title', order: 'asc' }],
      ...(after !== undefined && { search_after: after }),
    })) as unknown as { objects: { id: string; title: string; _sort: unknown }[] }
    walked.push(...page.objects)
    after = page.objects.at(-1)?._sort
  }
  expect(new Set(walked.map((row) => row.id)).size).toBe(walked.length)
  const titles = walked.map((row) => row.title.toLowerCase())
  expect(titles).toEqual([...titles].sort())

  const plain: number[] = []
  const faceted: number[] = []
  for (let round = 0; round < 5; round += 1) {
    for (const query of queries) {
      plain.push((await search(query)).cpuMs)
      const counted = await search({ ...query, facets })
      expect(Object.keys(counted.facets)).toEqual(facets)
      faceted.push(counted.cpuMs)
    }
  }
  console.log(
    JSON.stringify({
      assets,
      startMs: Math.round(startMs),
      searchP95Ms: Math.round(p95(plain)),
      facetsP95Ms: Math.round(p95(faceted)),
      rssMB: Math.round(process.memoryUsage().rss / 1e6),
    }),
  )
  expect(startMs).toBeLessThan(2000)
  expect(p95(plain)).toBeLessThan(100)
  expect(p95(faceted)).toBeLessThan(300)
})
