import { ref, shallowRef, watch } from 'vue'
import type { AccessRights, GuardedType, Permission, Principal } from '@contract/access.ts'
import type { ErrorView } from '@contract/errors.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'

/** Access rights of one object at a time; read anew when `of` names another. */
export function useAccessRights(of: () => { objectType: GuardedType; key: string } | null) {
  const rights = shallowRef<AccessRights | null>(null)
  const principals = shallowRef<readonly Principal[]>([])
  const templates = shallowRef<readonly { id: string; name: string }[]>([])
  const error = shallowRef<ErrorView | null>(null)
  const busy = ref(false)
  let abort = new AbortController()

  async function read(): Promise<void> {
    const object = of()
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    error.value = null
    if (!object) return
    const [own, people, forms] = await Promise.allSettled([
      ferry().call('access.get', object, { signal }),
      ferry().call('access.principals', {}, { signal }),
      ferry().call('access.templates', {}, { signal }),
    ])
    if (signal.aborted) return
    if (own.status === 'fulfilled') rights.value = own.value
    else if (!isCancelled(own.reason)) error.value = toErrorView(own.reason)
    if (people.status === 'fulfilled') principals.value = people.value
    // Who may not see templates is simply offered none.
    templates.value = forms.status === 'fulfilled' ? forms.value : []
  }
  async function change(
    work: (object: { objectType: GuardedType; key: string }) => Promise<unknown>,
  ): Promise<void> {
    const object = of()
    if (!object || busy.value) return
    busy.value = true
    error.value = null
    try {
      await work(object)
      await read()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    } finally {
      busy.value = false
    }
  }
  watch(
    () => `${of()?.objectType} ${of()?.key}`,
    () => {
      rights.value = null
      void read()
    },
    { immediate: true },
  )
  return {
    rights,
    principals,
    templates,
    error,
    busy,
    set: (who: Pick<Principal, 'kind' | 'id'>, permissions: Permission[]) =>
      change((object) => ferry().call('access.set', { ...object, kind: who.kind, id: who.id, permissions })),
    applyTemplate: (templateId: string) =>
      change((object) => ferry().call('access.applyTemplate', { ...object, templateId })),
  }
}
export type AccessRightsState = ReturnType<typeof useAccessRights>
