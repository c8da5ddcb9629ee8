import { access } from './en/access.ts'
import { app } from './en/app.ts'
import { downloads } from './en/downloads.ts'
import { edits } from './en/edits.ts'
import { errors } from './en/errors.ts'
import { inspector } from './en/inspector.ts'
import { jobs } from './en/jobs.ts'
import { library } from './en/library.ts'
import { metadata } from './en/metadata.ts'
import { palette } from './en/palette.ts'
import { plan } from './en/plan.ts'
import { send } from './en/send.ts'
import { settings } from './en/settings.ts'
import { uploads } from './en/uploads.ts'
import { watch } from './en/watch.ts'
import { welcome } from './en/welcome.ts'

/** Every word that people read, by area. Another language is another object of the same shape. */
export const strings = {
  access,
  app,
  downloads,
  edits,
  errors,
  inspector,
  jobs,
  library,
  metadata,
  palette,
  plan,
  send,
  settings,
  uploads,
  watch,
  welcome,
}
