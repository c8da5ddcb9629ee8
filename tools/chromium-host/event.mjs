/** An event as Electron hands it to listeners that may prevent what comes next. */
export function preventableEvent(fields = {}) {
  return {
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
    ...fields,
  }
}
