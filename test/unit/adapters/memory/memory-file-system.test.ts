import { MemoryFileSystem } from '@main/adapters/memory/memory-file-system.ts'
import { describeFileSystem } from '@test/suites/file-system.ts'

describeFileSystem(
  'in memory',
  async () => {
    const fileSystem = new MemoryFileSystem()
    fileSystem.addFolder('/disk')
    return {
      fileSystem,
      root: '/disk',
      write: async (path, content) => fileSystem.write(path, content),
      symlink: async (path) => fileSystem.addSymlink(path),
      lock: async (folder) => fileSystem.makeUnreadable(folder),
      exists: (path) =>
        fileSystem.stat(path).then(
          () => true,
          () => false,
        ),
      read: async (path) => new TextDecoder().decode(await fileSystem.readSmall(path, 1000)),
    }
  },
  { canLock: true },
)
