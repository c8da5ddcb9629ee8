import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AssetId } from '@contract/ids.ts'
import { timecodeAt } from '../lib/timecode.ts'

/** The player that is open, as others may use it. */
export interface PlayerHandle {
  readonly assetId: AssetId
  readonly frameRate: number
  /** Timecode of the first frame; null for zero. */
  readonly start: string | null
  readonly seek: (seconds: number) => void
}
export interface Pin {
  readonly id: string
  readonly seconds: number
  readonly text: string
  readonly isMarker: boolean
}

/** Where the clip in the inspector stands, and its in and out marks; comments read it and jump by it. */
export const usePlayhead = defineStore('playhead', () => {
  const player = shallowRef<PlayerHandle | null>(null)
  const seconds = ref(0)
  const inSeconds = ref<number | null>(null)
  const outSeconds = ref<number | null>(null)
  const pins = shallowRef<readonly Pin[]>([])
  /** Grows each time somebody asks to write a comment at this frame. */
  const commentRequests = ref(0)

  function clearMarks(): void {
    inSeconds.value = null
    outSeconds.value = null
  }
  return {
    assetId: computed(() => player.value?.assetId ?? null),
    seconds,
    inSeconds,
    outSeconds,
    pins,
    commentRequests,
    timecode: (at: number) => timecodeAt(at, player.value?.frameRate ?? 25, player.value?.start ?? null),
    /** @returns detaches it again */
    attach(handle: PlayerHandle): () => void {
      if (player.value?.assetId !== handle.assetId) {
        seconds.value = 0
        clearMarks()
      }
      player.value = handle
      return () => {
        if (player.value === handle) player.value = null
      }
    },
    moved(id: AssetId, now: number): void {
      if (player.value?.assetId === id) seconds.value = now
    },
    seek: (to: number) => player.value?.seek(to),
    markIn(): void {
      inSeconds.value = seconds.value
      if (outSeconds.value !== null && outSeconds.value <= seconds.value) outSeconds.value = null
    },
    markOut(): void {
      outSeconds.value = seconds.value
      if (inSeconds.value !== null && inSeconds.value >= seconds.value) inSeconds.value = null
    },
    clearMarks,
    askComment(): void {
      commentRequests.value += 1
    },
  }
})
