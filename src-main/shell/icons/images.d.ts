declare module '*.png?inline' {
  /** The picture as a data address. */
  const dataUrl: string
  export default dataUrl
}
