/** Measures one row. `folder` is for its files and is removed afterwards; `quick` asks for a look rather than for figures. */
export type MeasureRow = (how: { folder: string; quick: boolean }) => unknown

export function findRows(folder: URL): Promise<Map<string, MeasureRow>>
