import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

export interface Undoable {
  /** What undoing does, such as "Put 3 assets back". */
  readonly label: string
  readonly undo: () => Promise<void>
}

/** What can be taken back, latest last. */
export const useUndo = defineStore('undo', () => {
  const stack = shallowRef<readonly Undoable[]>([])
  return {
    latest: computed(() => stack.value.at(-1) ?? null),
    push(step: Undoable): void {
      stack.value = [...stack.value, step].slice(-50)
    },
    /** It did not come to be after all. */
    drop(step: Undoable): void {
      stack.value = stack.value.filter((other) => other !== step)
    },
    /** Takes back one step: the given one, else the latest. */
    async undo(step = stack.value.at(-1)): Promise<void> {
      if (!step || !stack.value.includes(step)) return
      stack.value = stack.value.filter((other) => other !== step)
      await step.undo()
    },
  }
})
