// Stand-ins for native dialogs inside the page of the app: Chromium's own file chooser, and a box with buttons.
import path from 'node:path'

/* eslint-disable no-undef -- these two run in the page */
function choose({ folders, many }) {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = many
  input.webkitdirectory = folders
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...input.files]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

function confirmWith({ message, detail, buttons, cancelId }) {
  const box = document.createElement('dialog')
  box.setAttribute('aria-label', message)
  const heading = Object.assign(document.createElement('p'), { textContent: message })
  const rest = Object.assign(document.createElement('p'), { textContent: detail })
  const row = document.createElement('p')
  box.append(heading, rest, row)
  return new Promise((resolve) => {
    for (const [index, label] of buttons.entries()) {
      const button = Object.assign(document.createElement('button'), { textContent: label })
      button.addEventListener('click', () => box.close(String(index)))
      row.append(button)
    }
    box.addEventListener('close', () => {
      box.remove()
      resolve(Number(box.returnValue || cancelId))
    })
    document.body.append(box)
    box.showModal()
  })
}
/* eslint-enable no-undef */

const invoke = (body, argument) => `(${body})(${JSON.stringify(argument)})`

async function filesOf(cdp, listId) {
  const { result: properties } = await cdp.send('Runtime.getProperties', {
    objectId: listId,
    ownProperties: true,
  })
  const files = properties.filter((property) => /^\d+$/.test(property.name))
  return Promise.all(
    files.map(async ({ value }) => {
      const { path: file } = await cdp.send('DOM.getFileInfo', { objectId: value.objectId })
      const { result } = await cdp.send('Runtime.callFunctionOn', {
        objectId: value.objectId,
        functionDeclaration: 'function () { return this.webkitRelativePath }',
      })
      return { file, relative: result.value }
    }),
  )
}

/**
 * Opens Chromium's file chooser. A folder is told by the files in it, so that an empty folder cannot be chosen.
 * @returns {Promise<string[]>} absolute paths; empty when cancelled
 */
export async function chooseInPage(contents, { folders, many }) {
  const list = await contents.evaluateHandle(invoke(choose, { folders, many }))
  if (!list.objectId) return []
  const files = await filesOf(contents.cdp, list.objectId)
  if (!folders) return files.map(({ file }) => file)
  const roots = files.map(({ file, relative }) =>
    path.resolve(
      file,
      ...relative
        .split('/')
        .slice(1)
        .map(() => '..'),
    ),
  )
  return [...new Set(roots)]
}

/** Shows a box with the message's buttons. @returns {Promise<number>} index of the button; `cancelId` for Escape */
export async function confirmInPage(contents, { message = '', detail = '', buttons = ['OK'] }, cancelId) {
  const answer = await contents.evaluateHandle(invoke(confirmWith, { message, detail, buttons, cancelId }))
  return typeof answer.value === 'number' ? answer.value : cancelId
}
