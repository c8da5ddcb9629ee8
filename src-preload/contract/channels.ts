/** Calls from a page to main: `invoke` with a frame of envelope.ts, answered by a reply. */
export const CALL_CHANNEL = 'ferry:call'
/** Events from main to every page: `send` with an event frame of envelope.ts. */
export const EVENT_CHANNEL = 'ferry:event'
