import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { seedWorkspace } from '@main/workspace/index.ts'
import { measureWorkspace } from '@test/support/measured-workspace.ts'

/** 1,000,000 with `npm run test:long`. FERRY_SEED_ASSETS names another size. */
const assets = Number(process.env['FERRY_SEED_ASSETS'] ?? (process.env['TEST_LONG'] ? 1_000_000 : 20_000))
/** What memory is compared with. */
const fewAssets = 1000

const queries: Record<string, unknown>[] = [
  {},
  { query: 'harbour' },
  { query: 'inter*' },
  { query: 'bridge drone', sort: [{ name: 'title', order: 'asc' }] },
  { query: '"drone pass" AND metadata.Camera:A' },
  { query: 'NOT metadata.Circled:true AND _exists_:metadata.Rights' },
  { query: 'harbour', sort: [{ name: 'metadata.Rating', order: 'desc' }] },
  { query: 'metadata.Take:[5 TO 9]', sort: [{ name: 'duration_milliseconds', order: 'desc' }] },
  {
    filter: {
      operator: 'AND',
      terms: [
        { name: 'media_type', value: 'video' },
        { name: 'metadata.Camera', value_in: ['A', 'B'] },
      ],
    },
    sort: [
      { name: 'metadata.Status', order: 'asc' },
      { name: 'metadata.Scene', order: 'desc' },
      { name: 'title', order: 'asc' },
    ],
  },
  {
    filter: {
      operator: 'AND',
      terms: [{ name: 'date_created', range: { min: '2026-01-01', max: '2026-02-01' } }],
    },
  },
]
/** From a few values to about a thousand. */
const facets = [
  'media_type',
  'metadata.Keywords',
  'metadata.Project',
  'metadata.Status',
  'metadata.Camera',
  'metadata.ShootDate',
]

const p95 = (values: number[]) =>
  [...values].sort((left, right) => left - right)[Math.ceil(values.length * 0.95) - 1] ?? 0

interface Answer {
  total: number
  objects: { id: string; title: string; _sort: unknown[] }[]
  facets: Record<string, { buckets: { key: string; doc_count: number }[] }>
}

/** A workspace of so many assets in a process of its own, and searches on it that say what processor time they took there. */
async function seeded(count: number) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'ferry-scale-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const before = process.cpuUsage()
  const made = await seedWorkspace({ dataDir, assets: count, seed: 3 })
  const used = process.cpuUsage(before)
  expect(made.assets).toBe(count)
  const service = await measureWorkspace(dataDir)
  const search = async (body: Record<string, unknown>) => {
    const start = await service.usage()
    const response = await fetch(
      `${service.url}/API/search/v1/search/?per_page=50&save_search_history=false`,
      {
        method: 'POST',
        headers: { 'App-ID': service.appId, 'Auth-Token': service.authToken },
        body: JSON.stringify({ doc_types: ['assets'], ...body }),
      },
    )
    const answer = (await response.json()) as Answer
    return { ...answer, cpuMs: (await service.usage()).cpuMs - start.cpuMs }
  }
  /** Every query with and without facets, a few times. */
  const work = async () => {
    const plain: number[] = []
    const faceted: number[] = []
    let mostRssBytes = 0
    for (let round = 0; round < 4; round += 1) {
      for (const query of queries) {
        const found = await search(query)
        expect(found.total).toBeGreaterThan(0)
        const counted = await search({ ...query, facets })
        expect([counted.total, Object.keys(counted.facets)]).toEqual([found.total, facets])
        mostRssBytes = Math.max(mostRssBytes, (await service.usage()).rssBytes)
        // The first round reads from the disk what the later ones have.
        if (round === 0) continue
        plain.push(found.cpuMs)
        faceted.push(counted.cpuMs)
      }
    }
    return { searchP95Ms: p95(plain), facetsP95Ms: p95(faceted), mostRssBytes }
  }
  return { seedCpuMs: (used.user + used.system) / 1000, service, search, work }
}

it(
  `a workspace of ${assets} assets starts at once, and searches and counts without a wait, in bounded memory`,
  async () => {
    const { seedCpuMs, service, search, work } = await seeded(assets)
    expect((await search({})).total).toBe(assets)

    // Page by page by key, over the borders of the blocks in which the index is walked.
    const walked: Answer['objects'] = []
    for (let after: unknown; walked.length < 3000;) {
      const page = await search({
        sort: [{ name: 'title', order: 'asc' }],
        ...(after !== undefined && { search_after: after }),
      })
      walked.push(...page.objects)
      after = page.objects.at(-1)?._sort
    }
    expect(new Set(walked.map((row) => row.id)).size).toBe(walked.length)
    const titles = walked.map((row) => row.title.toLowerCase())
    expect(titles).toEqual([...titles].sort())

    // Facets over everything add up to everything.
    const { facets: counted } = await search({ facets: ['media_type', 'metadata.Status'] })
    for (const facet of Object.values(counted))
      expect(facet.buckets.reduce((sum, bucket) => sum + bucket.doc_count, 0)).toBe(assets)

    const large = await work()
    await service.close()
    const small = await (await seeded(fewAssets)).work()
    const megabytes = (bytes: number) => Math.round(bytes / 1e6)
    console.log(
      JSON.stringify({
        assets,
        seedCpuMs: Math.round(seedCpuMs),
        startCpuMs: Math.round(service.startCpuMs),
        searchP95Ms: Math.round(large.searchP95Ms),
        facetsP95Ms: Math.round(large.facetsP95Ms),
        rssMB: megabytes(large.mostRssBytes),
        rssOfFewMB: megabytes(small.mostRssBytes),
      }),
    )
    // Processor time, so that what others do on the machine does not count.
    expect(seedCpuMs).toBeLessThan(10_000 + assets * 0.6)
    expect(service.startCpuMs).toBeLessThan(2000)
    expect(large.searchP95Ms).toBeLessThan(100)
    expect(large.facetsP95Ms).toBeLessThan(300)
    // SQLite keeps 64 MB of pages; a set of documents is a bit each; postings come as text, up to some 5 MB a value list.
    expect(large.mostRssBytes).toBeLessThan(small.mostRssBytes + 100e6 + assets * 250)
  },
  40 * 60_000,
)
