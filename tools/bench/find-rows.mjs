import { readdir } from 'node:fs/promises'

/**
 * The rows of the bench: one file each, which gives the function that measures it.
 * @returns from the name of each row, which is its file's, to that function; in the order of names
 */
export async function findRows(folder) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs')).toSorted()
  return new Map(
    await Promise.all(
      files.map(async (file) => {
        const { default: measure } = await import(new URL(file, folder))
        if (typeof measure !== 'function') throw new Error(`${file} gives no function that measures.`)
        return [file.slice(0, -'.mjs'.length), measure]
      }),
    ),
  )
}
