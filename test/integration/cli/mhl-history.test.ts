import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOSTILE_NAMES } from '@test/support/faults/bad-files.ts'
import { age, buildFerry, runFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { MHL_EXIT, verifyMhl } from '@test/support/mhl-verifier.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

beforeAll(buildFerry, 120_000)

describe('the ASC-MHL history that ferry upload writes', () => {
  it('agrees with the standard and with the disk, generation after generation', async () => {
    const { workspace } = await runWorkspace()
    const state = await tempFolder()
    const card = path.join(await tempFolder(), 'A001 & <B>')
    const file = (name: string) => path.join(card, name)
    mkdirSync(file('CLIPS/empty folder'), { recursive: true })
    for (const [at, name] of HOSTILE_NAMES.entries()) {
      mkdirSync(path.dirname(file(name)), { recursive: true })
      writeRandomFile(file(name), 1000 + at)
    }
    for (const name of ['carriage\rreturn.mov', 'CLIPS/part.mov', 'CLIPS/CLIPS'])
      writeRandomFile(file(name), 2000 + name.length)
    writeRandomFile(file('empty.wav'), 0)
    for (const left of ['.DS_Store', 'CLIPS/._part.mov', 'Thumbs.db', 'CLIPS/copying.part'])
      writeFileSync(file(left), 'not media')
    const upload = () =>
      runFerry(['upload', card, '--state', state, '--mhl-in-place', '--json'], {
        FERRY_URL: workspace.url,
        FERRY_APP_ID: workspace.appId,
        FERRY_AUTH_TOKEN: workspace.authToken,
      })

    expect(await upload()).toMatchObject({ code: 0, stderr: '' })
    expect(await verifyMhl(card)).toEqual({ exit: MHL_EXIT.ok, problems: [] })

    writeRandomFile(file('CLIPS/later.mov'), 3000)
    expect(await verifyMhl(card)).toMatchObject({
      exit: MHL_EXIT.newFile,
      problems: ['new: CLIPS/later.mov'],
    })
    expect(await upload()).toMatchObject({ code: 0, stderr: '' })
    expect(await verifyMhl(card)).toEqual({ exit: MHL_EXIT.ok, problems: [] })

    // A character that no XML may hold: the file is home all the same, and the manifest is not spoiled.
    writeRandomFile(file('bell\u0007.mov'), 4000)
    const belled = await upload()
    expect(belled.events.filter(({ event }) => event === 'done')).toHaveLength(1)
    expect(belled.stderr).toContain('XML cannot hold')
    rmSync(file('bell\u0007.mov'))

    appendFileSync(file('CLIPS/part.mov'), 'changed')
    age(file('CLIPS/part.mov'))
    const changed = await upload()
    expect(changed.stderr).toContain('differs from what its ASC-MHL history says')
    const mismatch = await verifyMhl(card)
    expect(mismatch.exit).toBe(MHL_EXIT.mismatch)
    expect(new Set(mismatch.problems.map((problem) => problem.split(/[:,] | has /)[0]))).toEqual(
      new Set(['CLIPS/part.mov']),
    )
    rmSync(file('CLIPS/part.mov'))
    expect(await verifyMhl(card)).toMatchObject({
      exit: MHL_EXIT.missing,
      problems: ['missing: CLIPS/part.mov'],
    })

    const first = readdirSync(file('ascmhl')).find((name) => name.endsWith('.mhl'))
    const manifest = file(`ascmhl/${first ?? ''}`)
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('original', 'verified'))
    expect(await verifyMhl(card)).toMatchObject({ exit: MHL_EXIT.altered })
  }, 120_000)
})
