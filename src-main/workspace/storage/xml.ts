const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text as it may stand inside an XML element. Control characters that XML cannot hold are left out. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (found) => (/[\t\n\r]/.test(found) ? found : ''))
    .replace(/[&<>"']/g, (found) => entities[found] ?? found)
