// `node --import register.mjs`: the module name `electron` means the stand-in from here on.
import { registerHooks } from 'node:module'

const standIn = new URL('./electron.mjs', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (/^electron(\/main|\/common)?$/.test(specifier))
      return { url: standIn, format: 'module', shortCircuit: true }
    return next(specifier, context)
  },
})
