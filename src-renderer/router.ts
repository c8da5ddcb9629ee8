import { ArrowUpFromLine, FolderSync, Images, ListChecks, Settings, Tags } from '@lucide/vue'
import { defineAsyncComponent, type Component } from 'vue'
import LibraryActions from './features/library/LibraryActions.vue'
import LibrarySearch from './features/library/LibrarySearch.vue'
import LibrarySidebar from './features/library/LibrarySidebar.vue'
import LibraryPage from './frame/LibraryPage.vue'
import UploadsPage from './features/uploads/UploadsPage.vue'
import UploadsSearch from './features/uploads/UploadsSearch.vue'
import UploadsSidebar from './features/uploads/UploadsSidebar.vue'
import { useNavigation, type SectionId } from './stores/navigation.ts'

/** One page behind the rail, with what it puts into the shared frame. */
export interface Section {
  readonly id: SectionId
  readonly icon: Component
  /** Fills the sheet. Its root is a `.page`. */
  readonly view: Component
  /** Fills the sidebar; without one the sidebar's place is given to the sheet. */
  readonly sidebar?: Component
  /** Stands in the middle of the title bar. */
  readonly search?: Component
  /** Stands at the end of the title bar, before Add. */
  readonly actions?: Component
}

/** A page that is loaded when it is first opened. */
export const later = (load: () => Promise<{ default: Component }>): Component =>
  defineAsyncComponent({ loader: load, delay: 0 })

/** In the order of the rail. The first five are reached with Ctrl/Cmd 1 to 5. */
export const sections: readonly Section[] = [
  {
    id: 'library',
    icon: Images,
    view: LibraryPage,
    sidebar: LibrarySidebar,
    search: LibrarySearch,
    actions: LibraryActions,
  },
  {
    id: 'uploads',
    icon: ArrowUpFromLine,
    view: UploadsPage,
    sidebar: UploadsSidebar,
    search: UploadsSearch,
  },
  {
    id: 'watch',
    icon: FolderSync,
    view: later(() => import('./features/watch-folders/WatchFoldersPage.vue')),
  },
  {
    id: 'jobs',
    icon: ListChecks,
    view: later(() => import('./features/jobs/JobsPage.vue')),
    sidebar: later(() => import('./features/jobs/JobsSidebar.vue')),
    search: later(() => import('./features/jobs/JobsSearch.vue')),
  },
  {
    id: 'metadata',
    icon: Tags,
    view: later(() => import('./features/metadata/MetadataPage.vue')),
    sidebar: later(() => import('./features/metadata/MetadataSidebar.vue')),
  },
  {
    id: 'settings',
    icon: Settings,
    view: later(() => import('./features/settings/SettingsPage.vue')),
    sidebar: later(() => import('./features/settings/SettingsSidebar.vue')),
  },
]

/** The section that is shown; the library when the place has none. */
export function currentSection(): Section {
  const at = useNavigation().section
  return sections.find((section) => section.id === at) ?? (sections[0] as Section)
}
