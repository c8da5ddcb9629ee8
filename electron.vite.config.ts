import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const contract = { '@contract': at('src-preload/contract') }

export default defineConfig({
  main: {
    define: {
      __FERRY_UPDATE_FEED__: JSON.stringify(process.env.FERRY_UPDATE_FEED ?? ''),
      __FERRY_UPDATE_KEY__: JSON.stringify(process.env.FERRY_UPDATE_KEY ?? ''),
    },
    resolve: { alias: contract },
    build: {
      outDir: 'out/main',
      // Electron 45 embeds Node 24; electron-vite has no entry for it yet.
      target: 'node24',
      sourcemap: true,
      rolldownOptions: {
        input: {
          start: at('src-main/start.ts'),
          index: at('src-main/index.ts'),
          cli: at('src-main/cli.ts'),
          'hash-worker': at('src-main/adapters/node/hash-worker.ts'),
          'disk-worker': at('src-main/adapters/node/disk/disk-worker.ts'),
          'workspace-worker': at('src-main/workspace/worker.ts'),
          'library-worker': at('src-main/adapters/node/library/library-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    resolve: { alias: contract },
    build: {
      outDir: 'out/preload',
      target: 'node24',
      rolldownOptions: {
        input: { index: at('src-preload/index.ts') },
        // A sandboxed preload cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    resolve: { alias: contract },
    plugins: [vue()],
    build: {
      outDir: 'out/renderer',
      target: 'chrome150',
      // The content security policy allows no data: addresses.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: at('src-renderer/index.html') } },
    },
  },
})
