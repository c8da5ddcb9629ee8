/** What people do not see, or what turns the direction of what they do: "a", U+202E, "vom.exe" would read as "aexe.mov". */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}]/gu
const SPACES = '\t\v\f\r'
/** Stands for a character that cannot be shown. Few fonts have the pictures of control characters that Unicode knows. */
const SIGN = '\ufffd'

/**
 * A name, or a sentence with names in it, as it is shown: what would hide or turn something becomes a sign that is seen. Lines stay
 * lines. For the eye only: what is sent, saved or edited stays as it is.
 */
export function asShown(text: string): string {
  return text.replace(UNSEEN, (character) => {
    if (character === '\n') return character
    return SPACES.includes(character) ? ' ' : SIGN
  })
}

const RIGHT_TO_LEFT = '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc'
const BEGINS_SO = new RegExp(`^\\P{L}*[${RIGHT_TO_LEFT}]`, 'u')
const HAS_SUCH = new RegExp(`[${RIGHT_TO_LEFT}]`, 'u')
/** Whether a name has letters that are read from right to left. */
export const hasRightToLeft = (name: string): boolean => HAS_SUCH.test(name)
/** Whether the first letter of a name belongs to a script that is read from right to left. */
export const isRightToLeft = (name: string): boolean => BEGINS_SO.test(name)
