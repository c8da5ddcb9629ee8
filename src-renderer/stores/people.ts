import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { ferry } from '../client/index.ts'

const isId = (text: string) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text)

/** Names of people, as iconik mostly gives their ids only. Without the role to see them they stay unknown. */
export const usePeople = defineStore('people', () => {
  const names = shallowRef<ReadonlyMap<string, string>>(new Map())
  let asked: Promise<void> | null = null

  async function ask(): Promise<void> {
    try {
      const principals = await ferry().call('access.principals', {})
      names.value = new Map(
        principals.filter(({ kind }) => kind === 'user').map(({ id, name }) => [id, name]),
      )
    } catch {
      // Names are a convenience; what needs a person's attention is shown where it happened.
      asked = null
    }
  }

  return {
    /** The name behind an id; a name stays what it is. '' while it is not known. */
    nameOf(who: string | null | undefined): string {
      if (!who || !isId(who)) return who ?? ''
      asked ??= ask()
      return names.value.get(who) ?? ''
    },
  }
})
