// Builds the page over a fake main. Never part of the app.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: at('.'),
  base: '/',
  resolve: { alias: { '@contract': at('../../src-preload/contract') } },
  plugins: [vue()],
  build: {
    outDir: process.env['FERRY_STAGE_OUT'] ?? at('../../out/stage'),
    emptyOutDir: true,
    target: 'chrome110',
  },
})
