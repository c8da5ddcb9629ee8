import { defineStore } from 'pinia'
import { computed } from 'vue'
import { Settings } from '@contract/settings.ts'
import { ferry } from '../client/index.ts'
import { mirror } from './mirror.ts'

type Json = Settings['interface'][string]

/** Main's settings, and the interface's own memory kept among them. */
export const useSettings = defineStore('settings', () => {
  const { state, error, start, accept } = mirror<Settings>({
    fetch: () => ferry().call('settings.get', {}),
    listen: (apply) => ferry().on('settings.changed', apply),
  })
  const values = computed(() => state.value ?? Settings.parse({}))
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function update(changes: Partial<Settings>): Promise<void> {
    accept({ ...values.value, ...changes })
    accept(await ferry().call('settings.update', changes))
  }
  /** A remembered view concern such as a width; `fallback` when there is none. */
  function remembered<T extends Json>(key: string, fallback: T): T {
    const value = values.value.interface[key]
    return value === undefined ? fallback : (value as T)
  }
  /** Remembers a view concern. Shown at once, sent half a second after the last change. */
  function remember(key: string, value: Json): void {
    accept({ ...values.value, interface: { ...values.value.interface, [key]: value } })
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      ferry()
        .call('settings.update', { interface: values.value.interface })
        .catch((failure: unknown) => reportError(failure))
    }, 500)
  }
  return { values, error, start, update, remembered, remember }
})
