import type { Redactor } from './redact.ts'

const MADE_UP = {
  token: 'probe-7f3c9a51-not-a-real-token',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwcm9iZSJ9.c2lnbmF0dXJl',
  signature: 'probe-signature-4d2e',
}

/** Texts as they turn up in logs, each with a made-up secret in it. */
const TEXTS = [
  `refused: ${MADE_UP.token}`,
  `Auth-Token: ${MADE_UP.token}`,
  `https://storage.example.com/a.mov?X-Amz-Signature=${MADE_UP.signature}`,
  `https://user:${MADE_UP.token}@proxy.example.com:8080/`,
  `answered ${MADE_UP.jwt} as it was`,
  encodeURIComponent(`token ${MADE_UP.token}`),
]

/** Which made-up secrets a redactor lets through, by the text they stood in; empty when it holds. */
export function leaksOf(redactor: Pick<Redactor, 'know' | 'text' | 'data'>): string[] {
  redactor.know(MADE_UP.token)
  const secrets = Object.values(MADE_UP)
  const leaks = (text: string) => secrets.some((secret) => text.includes(secret))
  const inTexts = TEXTS.filter((text) => leaks(redactor.text(text)))
  const nested = { headers: { authorization: MADE_UP.jwt }, list: [new Error(MADE_UP.token)] }
  return leaks(JSON.stringify(redactor.data(nested))) ? [...inTexts, 'nested data'] : inTexts
}
