import { onScopeDispose } from 'vue'
import { ferry, type ContractClient } from '../client/index.ts'

/** Hears an event for as long as the store or component lives that calls this while it is set up. */
export const hear: ContractClient['on'] = (name, listener) => {
  const stop = ferry().on(name, listener)
  onScopeDispose(stop)
  return stop
}
