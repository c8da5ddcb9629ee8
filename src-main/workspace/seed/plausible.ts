/** What a seeded asset is called and says. */
export interface Clip {
  title: string
  /** As the server writes dates. */
  date: string
  mediaType: 'video' | 'audio' | 'image' | 'document'
  durationMs: number | null
  archived: boolean
  values: Record<string, string[]>
}

const places = [
  'Harbour',
  'Rooftop',
  'Market',
  'Forest',
  'Studio',
  'Bridge',
  'Kitchen',
  'Station',
  'Beach',
  'Archive',
  'Stage',
  'Workshop',
  'Hallway',
  'Glacier',
  'Orchard',
  'Tunnel',
]
const subjects = [
  'interview',
  'establishing',
  'close-up',
  'drone pass',
  'timelapse',
  'cutaway',
  'walk and talk',
  'reaction',
  'insert',
  'plate',
  'slow motion',
  'rehearsal',
  'crowd',
  'sunrise',
  'handheld',
  'pan left',
]
const adjectives = [
  'Northern',
  'Silent',
  'Golden',
  'Hidden',
  'Electric',
  'Distant',
  'Broken',
  'Open',
  'Second',
  'Last',
  'Paper',
  'Winter',
]
const nouns = [
  'Line',
  'River',
  'City',
  'Garden',
  'Signal',
  'Harvest',
  'Orbit',
  'Letter',
  'Season',
  'Horizon',
  'Machine',
  'Voice',
]
const keywords = [
  'day',
  'night',
  'exterior',
  'interior',
  'people',
  'traffic',
  'water',
  'wide',
  'tele',
  'macro',
  'b-roll',
  'sync',
  'ambient',
  'rain',
  'snow',
  'music',
  'sport',
  'animal',
  'food',
  'hands',
]
const cameras = ['A', 'B', 'C', 'D', 'Drone', 'GoPro']
const states = ['Raw', 'Selected', 'In edit', 'Approved', 'Delivered']
const rights = ['Cleared', 'Restricted', 'Unknown']

const newestMs = Date.UTC(2026, 9, 1)
const spanMs = 3 * 365 * 86_400_000

/** Makes up clips. The same random numbers make the same clips. */
export class Plausible {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  #pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.#random() * list.length)]
    if (found === undefined) throw new Error('Nothing to pick from')
    return found
  }

  /** Earlier entries more often, as in life. */
  #pickEarly<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.#random() ** 2 * list.length)]
    if (found === undefined) throw new Error('Nothing to pick from')
    return found
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  project(): string {
    return `${this.#pick(adjectives)} ${this.#pick(nouns)}`
  }

  clip(at: number): Clip {
    const mediaType = this.#pickEarly(['video', 'video', 'video', 'image', 'audio', 'document'] as const)
    const place = this.#pick(places)
    const subject = this.#pick(subjects)
    const ms = newestMs - this.#below(spanMs)
    const day = new Date(ms).toISOString()
    const camera = this.#pickEarly(cameras)
    const extension = { video: 'mov', audio: 'wav', image: 'jpg', document: 'pdf' }[mediaType]
    const number = String(at).padStart(7, '0')
    const title =
      this.#random() < 0.5
        ? `${place} ${subject} ${number}`
        : `${camera.slice(0, 1)}${number.slice(-6, -3)}_C${number.slice(-3)}_${day.slice(2, 10).replaceAll('-', '')}.${extension}`
    return {
      title,
      date: `${day.slice(0, -1)}000+00:00`,
      mediaType,
      durationMs: mediaType === 'video' || mediaType === 'audio' ? 2000 + this.#below(600_000) : null,
      archived: this.#random() < 0.1,
      values: this.#values(place, subject, day, camera),
    }
  }

  /** Values of every type; some assets lack some of them. */
  #values(place: string, subject: string, day: string, camera: string): Record<string, string[]> {
    const values: Record<string, string[]> = {
      Description: [
        `${place}, ${subject}: ${this.#pick(adjectives).toLowerCase()} light, ${this.#pick(keywords)}`,
      ],
      Project: [`${this.#pickEarly(adjectives)} ${this.#pickEarly(nouns)}`],
      Scene: [`${1 + this.#below(120)}${this.#pick(['', 'A', 'B'])}`],
      Take: [String(1 + this.#below(20))],
      Camera: [camera],
      ShootDate: [day.slice(0, 10)],
      Keywords: [...new Set(Array.from({ length: 1 + this.#below(4) }, () => this.#pickEarly(keywords)))],
      Circled: [String(this.#random() < 0.3)],
      Rating: [(this.#below(51) / 10).toFixed(1)],
      Status: [this.#pickEarly(states)],
    }
    if (this.#random() < 0.3) values['Rights'] = [this.#pickEarly(rights)]
    if (this.#random() < 0.1) {
      values['Reviewed'] = [`${day.slice(0, 10)}T12:00:00Z`]
      values['Reference'] = [`https://example.com/scripts/${this.#below(1000)}`]
      values['Contact'] = [`desk${this.#below(20)}@example.com`]
    }
    return values
  }
}
