// `npm run package`: builds Ferry and packs it for this system. The package's tools and Electron itself are downloaded;
// without a network it ends with their error.
import { build } from 'electron-builder'
import { ensureBuilt } from '../start/build.mjs'
import { projectRoot } from '../start/node-version.mjs'
import config from './electron-builder.config.mjs'

if (!ensureBuilt({ node: process.execPath })) process.exit(1)
const made = await build({ projectDir: projectRoot, config })
for (const file of made) console.log(file)
