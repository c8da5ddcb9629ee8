import { shortcutText } from '../composables/shortcuts.ts'
import { strings } from '../lib/strings/index.ts'
import { sections } from '../router.ts'
import { useJobs } from '../stores/jobs.ts'
import { useInspection } from '../stores/inspection.ts'
import { useLibrary } from '../stores/library.ts'
import { useNavigation } from '../stores/navigation.ts'
import { useAccounts } from '../stores/accounts.ts'
import { useSend } from '../stores/send.ts'
import { useSelection } from '../stores/selection.ts'
import { useSettings } from '../stores/settings.ts'
import { useTransfers } from '../stores/transfers.ts'
import { useUndo } from '../stores/undo.ts'
import { addFiles, addFolder } from './add.ts'

export interface Command {
  readonly id: string
  readonly label: string
  readonly keys: string
  readonly run: () => void
}

/** What the palette offers wherever one is. */
export function paletteCommands(toggleSidebar: () => void): Command[] {
  const words = strings.palette
  const navigation = useNavigation()
  const library = useLibrary()
  const settings = useSettings()
  const undo = useUndo()
  const of = (id: string, label: string, run: () => void, keys = ''): Command => ({
    id,
    label,
    run,
    keys: keys && shortcutText(keys),
  })
  const theme = (value: 'dark' | 'light' | 'system') => () => void settings.update({ theme: value })
  return [
    ...sections.map(({ id }, index) =>
      of(
        `go-${id}`,
        words.go(strings.app.sections[id]),
        () => navigation.go(id),
        id === 'settings' ? 'mod+,' : `mod+${index + 1}`,
      ),
    ),
    of('add-files', strings.app.addFiles, addFiles, 'mod+o'),
    of('add-folder', strings.app.addFolder, addFolder, 'mod+shift+o'),
    ...(undo.latest
      ? [of('undo', `${strings.app.undo}: ${undo.latest.label}`, () => void undo.undo(), 'mod+z')]
      : []),
    of('recent', words.recent, () => library.show('recent')),
    of('trash', words.trash, () => library.show('trash')),
    of(
      'view',
      words.toggleView,
      () => {
        library.viewMode = library.viewMode === 'grid' ? 'table' : 'grid'
      },
      'mod+\\',
    ),
    of('inspector', words.toggleInspector, useInspection().toggle, 'mod+i'),
    of('select-all', words.selectAll, () => void useSelection().all(), 'mod+a'),
    ...(useSelection().count > 0
      ? [
          of(
            'edit',
            strings.library.edit,
            () => {
              navigation.go('library')
              useInspection().edit()
            },
            'mod+e',
          ),
        ]
      : []),
    of('sidebar', strings.app.sidebar, toggleSidebar, 'mod+b'),
    of('pause', words.pause, () => void useTransfers().togglePause(), 'mod+shift+p'),
    ...(useAccounts().current?.kind === 'local'
      ? [of('send-all', strings.send.all, () => useSend().open(null))]
      : []),
    of('new-job', strings.jobs.create, () => {
      navigation.go('jobs')
      useJobs().composing = []
    }),
    of('new-view', words.newView, () => navigation.go('metadata', 'view:new')),
    of('new-field', words.newField, () => navigation.go('metadata', 'fields:new')),
    of('dark', words.dark, theme('dark')),
    of('light', words.light, theme('light')),
    of('system', words.system, theme('system')),
  ]
}
