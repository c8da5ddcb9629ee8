import {
  Copy,
  Download,
  ExternalLink,
  FileUp,
  FolderMinus,
  FolderPlus,
  ListChecks,
  Pencil,
  Play,
  RotateCcw,
  Send,
  Trash2,
} from '@lucide/vue'
import { computed, ref, shallowRef } from 'vue'
import type { AssetId, CollectionId } from '@contract/ids.ts'
import type { ErrorView } from '@contract/errors.ts'
import { ferry, isCancelled, toErrorView } from '../../client/index.ts'
import type { MenuEntry } from '../../components/menu.ts'
import { shortcutText } from '../../composables/shortcuts.ts'
import { strings } from '../../lib/strings/index.ts'
import { useAccounts } from '../../stores/accounts.ts'
import { useCollections } from '../../stores/collections.ts'
import { useDownloads } from '../../stores/downloads.ts'
import { useInspection } from '../../stores/inspection.ts'
import { useJobs } from '../../stores/jobs.ts'
import { useNewAsset } from '../../stores/new-asset.ts'
import { useLibrary } from '../../stores/library.ts'
import { useNavigation } from '../../stores/navigation.ts'
import { useSend } from '../../stores/send.ts'
import { useSelection } from '../../stores/selection.ts'
import { useShell } from '../../stores/shell.ts'
import { undoableEdit } from '../../stores/undoable-edit.ts'

const words = strings.library

/** What can be done with the selected assets, for the menu, the batch bar and the keys alike. */
export function useAssetDeeds() {
  const selection = useSelection()
  const library = useLibrary()
  const collections = useCollections()
  const accounts = useAccounts()
  const inspection = useInspection()
  const error = shallowRef<ErrorView | null>(null)
  const picking = ref(false)
  const purging = ref(false)
  const chosen = (): AssetId[] => [...selection.ids]

  async function attempt(work: () => Promise<void>): Promise<void> {
    error.value = null
    try {
      await work()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  const undoable = (begin: () => Promise<{ editId: number }>, done: string, label: string) =>
    undoableEdit(begin, { label, done }, (failure) => {
      error.value = failure
    })
  const trash = () =>
    attempt(async () => {
      const ids = chosen()
      if (ids.length === 0 || library.place.kind === 'trash' || !accounts.can('can_delete_assets')) return
      selection.passOn()
      await undoable(
        () => ferry().call('assets.trash', { ids }),
        words.trashed(ids.length),
        words.putBack(ids.length),
      )
    })
  const restore = () =>
    attempt(async () => {
      const ids = chosen()
      if (ids.length === 0) return
      selection.passOn()
      await undoable(
        () => ferry().call('assets.restore', { ids }),
        words.restored(ids.length),
        words.moveToTrash,
      )
    })
  const purge = () =>
    attempt(async () => {
      const ids = chosen()
      purging.value = false
      selection.passOn()
      await ferry().call('assets.purge', { ids })
    })
  const addTo = (id: CollectionId, title: string, ids = chosen()) =>
    attempt(async () => {
      if (ids.length === 0) return
      await undoable(
        () => collections.addAssets(id, ids),
        words.added(ids.length, title),
        words.removed(ids.length, title),
      )
    })
  const removeFromOpen = () =>
    attempt(async () => {
      const ids = chosen()
      const open = library.openCollection
      if (!open || ids.length === 0) return
      selection.passOn()
      await undoable(
        () => collections.removeAssets(open.id, ids),
        words.removed(ids.length, open.title),
        words.added(ids.length, open.title),
      )
    })
  const openOnWeb = () =>
    attempt(async () => {
      const id = selection.current?.id
      if (id) await ferry().call('shell.openAsset', { id })
    })
  const download = (what: 'originals' | 'proxies') => attempt(() => useDownloads().get(chosen(), what))
  const copyIds = () => attempt(async () => void (await useShell().copy(chosen().join('\n'))))
  const needs = (role: string) => (accounts.can(role) ? {} : { disabledReason: words.needsRole(role) })

  const entries = computed<MenuEntry[]>(() => {
    if (library.place.kind === 'trash')
      return [
        { label: words.restore, icon: RotateCcw, run: () => void restore(), ...needs('can_delete_assets') },
        'line',
        {
          label: words.purge,
          icon: Trash2,
          danger: true,
          run: () => {
            purging.value = true
          },
          ...needs('can_purge_assets'),
        },
      ]
    const waiting =
      selection.count === 1 && selection.current?.type === 'PLACEHOLDER' ? selection.current : null
    return [
      ...(waiting
        ? [
            {
              label: words.newAsset.give,
              icon: FileUp,
              run: () => void useNewAsset().askForFile(waiting),
              ...needs('can_write_files'),
            },
          ]
        : []),
      { label: words.preview, icon: Play, keys: shortcutText('space'), run: inspection.openViewer },
      {
        label: words.edit,
        icon: Pencil,
        keys: shortcutText('mod+e'),
        run: inspection.edit,
        ...needs('can_write_metadata_values'),
      },
      {
        label: words.addToCollection,
        icon: FolderPlus,
        run: () => {
          picking.value = true
        },
        ...needs('can_write_collections'),
      },
      ...(library.openCollection
        ? [
            {
              label: words.removeFromCollection,
              icon: FolderMinus,
              run: () => void removeFromOpen(),
              ...needs('can_write_collections'),
            },
          ]
        : []),
      'line' as const,
      {
        label: strings.downloads.originals,
        icon: Download,
        run: () => void download('originals'),
        ...needs('can_read_files'),
      },
      {
        label: strings.downloads.proxies,
        icon: Download,
        run: () => void download('proxies'),
        ...needs('can_read_proxies'),
      },
      {
        label: strings.jobs.createFor,
        icon: ListChecks,
        run: () => {
          useJobs().composing = chosen()
          useNavigation().go('jobs')
        },
        ...needs('can_write_jobs'),
      },
      ...(accounts.current?.kind === 'local'
        ? [{ label: strings.send.deed, icon: Send, run: () => useSend().open(chosen()) }]
        : []),
      'line' as const,
      ...(accounts.current?.kind === 'iconik' && selection.count === 1
        ? [{ label: words.copyLink, icon: ExternalLink, run: () => void openOnWeb() }]
        : []),
      { label: words.copyId, icon: Copy, run: () => void copyIds() },
      'line' as const,
      {
        label: words.moveToTrash,
        icon: Trash2,
        keys: shortcutText('delete'),
        danger: true,
        run: () => void trash(),
        ...needs('can_delete_assets'),
      },
    ]
  })
  return { download, error, picking, purging, entries, trash, restore, purge, addTo, removeFromOpen }
}
export type AssetDeeds = ReturnType<typeof useAssetDeeds>
