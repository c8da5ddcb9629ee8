const stills = new Set(['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'gif', 'avif'])
const films = new Set(
  '3gp avi dpx dv exr heic heif m2t m2ts m2v m4v mkv mov mp4 mpeg mpg mts mxf ogv ts vob webm wmv'.split(' '),
)

/** How a small picture of a file can be made, by its name: from the still that it is, or from one frame. Null for what has none. */
export function pictureWay(name: string): 'still' | 'frame' | null {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (stills.has(extension)) return 'still'
  return films.has(extension) ? 'frame' : null
}
