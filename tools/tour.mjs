// Writes docs/tour.md: a picture of every screen of the launched app, dark and light, from a workspace with the sample
// clips in it. `npm run tour [-- FOLDER]` also uploads the pictures of FOLDER.
import fs from 'node:fs'
import path from 'node:path'
import { tour } from './tour/screens.ts'

const root = path.join(import.meta.dirname, '..')
const pictures = path.join(root, 'docs/tour')
const [folder] = process.argv.slice(2)
fs.mkdirSync(pictures, { recursive: true })
const shown = await tour({ pictures, folder: folder ? path.resolve(folder) : null })
const lines = [
  '# A tour of Ferry',
  '',
  'Every screen, as `npm run tour` found it in the launched app (in the Chromium host). The clips are the samples that a new',
  'local workspace offers.',
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
  ]),
]
fs.writeFileSync(path.join(root, 'docs/tour.md'), lines.join('\n'))
console.log(`${shown.length} screens, in docs/tour.md`)
