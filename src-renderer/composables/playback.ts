import { useEventListener } from '@vueuse/core'
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'

const FORWARD = [1, 2, 4, 8]
/** A video element cannot play backwards: it is set back this often instead. */
const REVERSE_TICK_MS = 80

/**
 * Playing a proxy as editors do: J and L go faster each time, K stops, single frames. Speeds are 1, 2, 4, 8, backwards
 * negative; 0 is stopped.
 */
export function usePlayback(video: Readonly<Ref<HTMLVideoElement | null>>, frameRate: () => number) {
  const speed = ref(0)
  const seconds = ref(0)
  const durationSeconds = ref(0)
  const failed = ref(false)
  let reverse: ReturnType<typeof setInterval> | undefined
  let frame = 0

  const stopReverse = () => {
    clearInterval(reverse)
    reverse = undefined
  }
  function setSpeed(next: number): void {
    const element = video.value
    if (!element) return
    stopReverse()
    speed.value = next
    if (next > 0) {
      element.playbackRate = next
      // A play that a pause overtakes is refused; that is no failure.
      element.play().catch(() => undefined)
      return
    }
    element.pause()
    if (next === 0) return
    let last = performance.now()
    reverse = setInterval(() => {
      const now = performance.now()
      const target = element.currentTime + (next * (now - last)) / 1000
      last = now
      seekTo(target)
      if (target <= 0) setSpeed(0)
    }, REVERSE_TICK_MS)
  }
  function seekTo(target: number): void {
    const element = video.value
    if (!element || !Number.isFinite(target)) return
    const end = Number.isFinite(element.duration) ? element.duration : 0
    element.currentTime = Math.min(end, Math.max(0, target))
    seconds.value = element.currentTime
  }
  const faster = (sign: 1 | -1) => {
    const now = speed.value * sign
    const index = FORWARD.indexOf(now)
    setSpeed(sign * (FORWARD[Math.min(FORWARD.length - 1, index + 1)] as number))
  }
  function step(frames: number): void {
    setSpeed(0)
    // Half a frame in, so that rounding never lands on the frame before.
    const at = Math.floor(seconds.value * frameRate() + 0.001) + frames
    seekTo((at + 0.5) / frameRate())
  }
  const follow = () => {
    if (video.value) seconds.value = video.value.currentTime
    frame = speed.value === 0 ? 0 : requestAnimationFrame(follow)
  }
  watch(speed, (now) => {
    cancelAnimationFrame(frame)
    if (now !== 0) follow()
  })
  useEventListener(video, 'loadedmetadata', () => {
    durationSeconds.value = video.value?.duration ?? 0
    failed.value = false
  })
  useEventListener(video, 'timeupdate', () => {
    seconds.value = video.value?.currentTime ?? 0
  })
  useEventListener(video, 'ended', () => {
    speed.value = 0
  })
  useEventListener(video, 'pause', () => {
    if (speed.value > 0) speed.value = 0
  })
  useEventListener(video, 'error', () => {
    failed.value = true
    setSpeed(0)
  })
  onScopeDispose(() => {
    stopReverse()
    cancelAnimationFrame(frame)
  })
  return {
    speed,
    seconds,
    durationSeconds,
    failed,
    isPlaying: computed(() => speed.value !== 0),
    toggle: () => setSpeed(speed.value === 0 ? 1 : 0),
    stop: () => setSpeed(0),
    forward: () => faster(1),
    backward: () => faster(-1),
    step,
    seekTo,
  }
}
