// Writes docs/tour.md: a picture of every screen of the launched app, dark and light, on a working day of a film: clips, stills,
// sound and a rendered shot in their collections, people's comments, jobs, watch folders, a card on its way. The pictures are
// photographs of Debian's packages plasma-workspace-wallpapers, mate-backgrounds and lomiri-wallpapers where these are
// installed, else drawings.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { judgements } from './tour/judgements.mjs'
import { credits } from './tour/photographs.ts'
import { prepareProduction } from './tour/production.ts'
import { tour } from './tour/screens.ts'

const root = path.join(import.meta.dirname, '..')
const pictures = path.join(root, 'docs/tour')
fs.mkdirSync(pictures, { recursive: true })
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferry-tour-'))
const production = await prepareProduction(folder, (text) => console.log(`${text} …`))
try {
  console.log('Looking around …')
  const { shown, missed } = await tour({ pictures, folder, production })
  const photographs = credits()
  const lines = [
    '# A tour of Ferry',
    '',
    'Every screen, as `npm run tour` found it in the launched app (in the Chromium host), on a working day of an invented film.',
    '',
    ...shown.flatMap(({ name, title, text }) => [
      `## ${title}`,
      '',
      text,
      '',
      `![${title}, dark](tour/${name}-dark.png)`,
      '',
      `![${title}, light](tour/${name}-light.png)`,
      '',
      ...(judgements[name] ? [`Beside the design: ${judgements[name]}`, ''] : []),
    ]),
    ...(photographs.length > 0
      ? [
          '## Photographs',
          '',
          'Crops and moves over photographs of these Debian packages:',
          '',
          ...photographs.map((credit) => `- ${credit}`),
          '',
        ]
      : []),
  ]
  fs.writeFileSync(path.join(root, 'docs/tour.md'), lines.join('\n'))
  console.log(`${shown.length} screens, in docs/tour.md`)
  for (const station of missed) console.error(`Not shown: ${station}`)
  process.exitCode = missed.length > 0 ? 1 : 0
} finally {
  await production.workspace.stop()
  fs.rmSync(folder, { recursive: true, force: true })
}
