import { usePreferredDark } from '@vueuse/core'
import { computed, watchEffect } from 'vue'
import { accentTokens, parseHex, type Rgb } from '../lib/accent.ts'
import { useSettings } from '../stores/settings.ts'
import { useShell } from '../stores/shell.ts'

// The surfaces of tokens.css that accent text and lines may stand on.
const SURFACES = {
  dark: ['#111214', '#18191c', '#1f2124', '#232529', '#2f3135'],
  light: ['#f1f1f3', '#ffffff', '#f6f6f8', '#e7e7e9'],
}
const SHEET = { dark: '#18191c', light: '#ffffff' }
const QUIET_TEXT = { dark: '#989ca4', light: '#60646c' }

/** Puts theme, motion and the system's accent on the root element, and keeps them so. */
export function useAppearance(): void {
  const settings = useSettings()
  const shell = useShell()
  const prefersDark = usePreferredDark()
  const theme = computed(() => {
    if (settings.values.theme !== 'system') return settings.values.theme
    return prefersDark.value ? 'dark' : 'light'
  })
  watchEffect(() => {
    const root = document.documentElement
    root.dataset.theme = settings.values.theme
    if (settings.values.reducedMotion === 'always') root.dataset.motion = 'reduced'
    else delete root.dataset.motion
  })
  watchEffect(() => {
    const accent = shell.info?.accent ? parseHex(shell.info.accent) : null
    if (!accent) return
    const surfaces = SURFACES[theme.value].map((hex) => parseHex(hex) as Rgb)
    const [sheet, quiet] = [SHEET, QUIET_TEXT].map((colors) => parseHex(colors[theme.value]) as Rgb) as [
      Rgb,
      Rgb,
    ]
    const tokens = accentTokens(accent, surfaces, sheet, quiet, theme.value)
    for (const [name, value] of Object.entries(tokens))
      document.documentElement.style.setProperty(name, value)
  })
}
