import { onScopeDispose } from 'vue'
import { focusRegion } from '../composables/regions.ts'
import { useShortcuts } from '../composables/shortcuts.ts'
import { sections } from '../router.ts'
import { useNavigation, type SectionId } from '../stores/navigation.ts'
import { useShell } from '../stores/shell.ts'
import { useTransfers } from '../stores/transfers.ts'
import { useUndo } from '../stores/undo.ts'
import { addFiles, addFolder } from './add.ts'

/** Shortcuts and menu commands that hold in every section. */
export function useAppShortcuts(deeds: { toggleSidebar: () => void }): void {
  const navigation = useNavigation()
  const go = (id: SectionId | undefined) => (id ? navigation.go(id) : undefined)
  const table: Record<string, () => void> = {
    'mod+o': addFiles,
    'mod+shift+o': addFolder,
    'mod+b': deeds.toggleSidebar,
    'mod+z': () => void useUndo().undo(),
    'mod+shift+p': () => void useTransfers().togglePause(),
    'mod+,': () => go('settings'),
    'alt+arrowleft': navigation.back,
    'alt+arrowright': navigation.forward,
    f6: () => focusRegion(1),
    'shift+f6': () => focusRegion(-1),
  }
  for (const number of [1, 2, 3, 4, 5]) table[`mod+${number}`] = () => go(sections[number - 1]?.id)
  useShortcuts(table)

  const commands: Record<string, () => void> = {
    'add-files': addFiles,
    'add-folder': addFolder,
    'toggle-sidebar': deeds.toggleSidebar,
    settings: () => go('settings'),
    about: () => navigation.go('settings', 'about'),
    back: navigation.back,
    forward: navigation.forward,
  }
  onScopeDispose(
    useShell().onCommand((command) => {
      const section = sections.find((candidate) => `go-${candidate.id}` === command)
      if (section) go(section.id)
      else commands[command]?.()
    }),
  )
}
