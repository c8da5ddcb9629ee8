// Who may import whom. Each layer names the folders (or files) below it that it may reach, and the outside
// modules that it may use. `self: 'folder'` keeps the sub-folders of a layer apart: siblings meet through a lower layer.
// The first layer whose path matches a file is the file's layer.

const noNode = { builtins: [], electron: false }
const anyNode = { builtins: 'all', electron: false }

/** @typedef {{ path: string, may: string[] | 'all', self?: 'layer' | 'folder' | 'none', builtins: string[] | 'all', electron: boolean, packages?: string[] | 'all' }} Layer */
/** @type {Layer[]} */
export const layers = [
  { path: 'src-preload/contract', may: [], ...noNode, packages: ['zod'] },
  { path: 'src-preload/index.ts', may: ['src-preload/contract'], builtins: [], electron: true, packages: [] },

  { path: 'src-main/core', may: ['src-preload/contract'], ...noNode },
  { path: 'src-main/ports', may: ['src-main/core', 'src-preload/contract'], ...noNode },
  {
    path: 'src-main/services',
    self: 'folder',
    may: ['src-main/ports', 'src-main/core', 'src-preload/contract'],
    builtins: ['path', 'events', 'crypto'],
    electron: false,
  },
  {
    path: 'src-main/adapters/electron',
    may: ['src-main/ports', 'src-main/core', 'src-preload/contract'],
    builtins: 'all',
    electron: true,
  },
  {
    path: 'src-main/adapters',
    self: 'folder',
    may: ['src-main/ports', 'src-main/core', 'src-preload/contract'],
    ...anyNode,
  },
  {
    path: 'src-main/ipc/electron-transport.ts',
    may: ['src-main/ipc', 'src-preload/contract'],
    builtins: 'all',
    electron: true,
  },
  {
    path: 'src-main/ipc',
    may: ['src-main/services', 'src-main/ports', 'src-main/core', 'src-preload/contract'],
    builtins: [],
    electron: false,
  },
  {
    path: 'src-main/shell',
    may: ['src-main/ipc', 'src-main/services', 'src-main/ports', 'src-main/core', 'src-preload/contract'],
    builtins: 'all',
    electron: true,
  },
  // Outside the picture: it shares nothing with the client, or both would be wrong together.
  { path: 'src-main/workspace', may: [], ...anyNode },
  // Commands of the terminal: an edge like ipc. Only the root hands them a workspace.
  {
    path: 'src-main/cli',
    may: ['src-main/services', 'src-main/ports', 'src-main/core', 'src-preload/contract'],
    ...anyNode,
  },
  {
    path: 'src-main/compose.ts',
    may: [
      'src-main/ipc',
      'src-main/services',
      'src-main/adapters/node',
      'src-main/adapters/iconik',
      'src-main/adapters/storage',
      'src-main/adapters/media',
      'src-main/adapters/memory',
      'src-main/ports',
      'src-main/core',
      'src-preload/contract',
    ],
    ...anyNode,
  },
  // Composition roots: the only files that may name everything.
  { path: 'src-main/start.ts', may: 'all', builtins: [], electron: false },
  { path: 'src-main/index.ts', may: 'all', builtins: 'all', electron: true },
  { path: 'src-main/cli.ts', may: 'all', builtins: 'all', electron: false },

  { path: 'src-renderer/client', may: ['src-preload/contract'], ...noNode },
  { path: 'src-renderer/lib', may: ['src-preload/contract'], ...noNode },
  { path: 'src-renderer/composables', may: ['src-renderer/lib', 'src-preload/contract'], ...noNode },
  {
    path: 'src-renderer/components',
    may: ['src-renderer/composables', 'src-renderer/lib', 'src-preload/contract'],
    ...noNode,
  },
  {
    path: 'src-renderer/stores',
    may: ['src-renderer/client', 'src-renderer/lib', 'src-preload/contract'],
    ...noNode,
  },
  {
    path: 'src-renderer/features',
    self: 'folder',
    may: [
      'src-renderer/stores',
      'src-renderer/components',
      'src-renderer/composables',
      'src-renderer/lib',
      'src-renderer/client',
      'src-preload/contract',
    ],
    ...noNode,
  },
  {
    path: 'src-renderer',
    may: [
      'src-renderer/features',
      'src-renderer/stores',
      'src-renderer/components',
      'src-renderer/composables',
      'src-renderer/lib',
      'src-renderer/client',
      'src-preload/contract',
    ],
    ...noNode,
  },
]
