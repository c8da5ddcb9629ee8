import { z } from 'zod'
import { call, event } from './define.ts'
import { AssetId, NoInput, Nothing } from './ids.ts'

export const AppInfo = z.object({
  version: z.string(),
  platform: z.string(),
  /** 'electron', or the name of the stand-in that the app runs on. */
  host: z.string(),
  /** The system's accent colour as #rrggbb, or null. */
  accent: z.string().nullable(),
  dataDir: z.string(),
})
export type AppInfo = z.infer<typeof AppInfo>

/** Files and a link that Ferry was opened with. */
export const HandedOver = z.object({ paths: z.array(z.string()), assetId: AssetId.nullable() })
export type HandedOver = z.infer<typeof HandedOver>

/** Things that a page lacks. */
export const shell = {
  'shell.info': call({ input: NoInput, output: AppInfo }),
  /** Opens the system's file dialog; [] when it was closed. */
  'shell.pickFiles': call({ input: NoInput, output: z.array(z.string()) }),
  'shell.pickFolder': call({
    input: z.object({ title: z.string().max(200).optional() }),
    output: z.string().nullable(),
  }),
  /** Shows a file in the system's file manager. */
  'shell.reveal': call({
    input: z.object({ path: z.string().min(1) }),
    output: Nothing,
    errors: ['file.missing'],
  }),
  /** Opens the asset in iconik's web interface. Only addresses of the signed-in host are opened. */
  'shell.openAsset': call({ input: z.object({ id: AssetId }), output: Nothing }),
  'shell.copy': call({ input: z.object({ text: z.string().max(100_000) }), output: Nothing }),
  /** Files to plan and an asset to show that the system or a second start of Ferry handed over; each is given once. */
  'shell.takeHandedOver': call({ input: NoInput, output: HandedOver }),
  /** Something waits for `shell.takeHandedOver`. */
  'shell.handedOver': event(z.object({})),
  /** A command of the application menu or a shortcut that main owns. */
  'shell.commanded': event(z.object({ command: z.string() })),
}
