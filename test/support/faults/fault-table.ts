import type { Seen } from './fault-bench.ts'
import { METHODS } from './fault-case.ts'
import type { FaultCase, Method } from './fault-case.ts'

/** The table of docs/upload-faults.md, from what was seen. */
export function faultTable(
  cases: readonly FaultCase[],
  seen: ReadonlyMap<string, ReadonlyMap<Method, Seen>>,
): string {
  const rows = cases.map((fault) => [
    fault.name,
    ...METHODS.map((method) => seen.get(fault.name)?.get(method)?.outcome ?? '–'),
  ])
  const absent = cases.flatMap((fault) =>
    Object.entries(fault.notFor ?? {}).map(([method, why]) => `- ${fault.name}, ${method}: ${why}.`),
  )
  const advice = [
    ...new Set(
      cases.flatMap((fault) =>
        [...(seen.get(fault.name)?.values() ?? [])].map(({ outcome, reason, advice: words }) =>
          words === ''
            ? reason === ''
              ? ''
              : `- ${fault.name}: “${reason}”`
            : `- ${/\(([^)]+)\)/.exec(outcome)?.[1] ?? fault.name}: “${words}”`,
        ),
      ),
    ),
  ].filter((line) => line !== '')
  return `# What becomes of an upload when things go wrong

Each row is a fault, each column a storage method. A cell says what was seen: three clips (one sent in parts, one in one
request, one in one call of iconik) were uploaded while the fault was there, and then everything on the server was looked at through its API.

- **done once**: all three are verified, each is exactly one asset with one format, one file set, one file and its own bytes.
- **fails (code); retry: done once**: the clip failed by name with this reason while the others went on; once the cause was gone,
  one retry brought it home.
- **waits and asks**: nothing fails; the queue stands still, says why, and goes on when the cause is gone.

\`test/ci/fault-matrix.test.ts\` writes this page (\`FAULTS_WRITE=1\`) and fails when it is not what it sees.

${markdownTable([['fault', ...METHODS], ...rows])}

A dash means that the fault cannot happen there:

${absent.join('\n')}

What a person is told to do:

${advice.join('\n')}

How faults are made: the workspace spoils the answers. The server that is away is ended and started again. The journal's full disk is
SQLite's own report of it, thrown where a write is committed. Time runs ${'20'} times as fast. A source that nobody may read is tested as
an ordinary user.
`
}

/** Columns padded as Prettier pads them. */
function markdownTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
