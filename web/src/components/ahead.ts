// Whoever asks for the command palette types on at once. Its files may still be on their way then, and it is not drawn
// yet: until its field has the focus, what is typed is kept here, and nothing on the page takes it for something else.

let typed: string | undefined

function take(event: KeyboardEvent) {
  if (typed === undefined) return
  const altGr = event.getModifierState('AltGraph')
  if ((event.ctrlKey || event.altKey) && !altGr || event.metaKey || event.isComposing) return
  if (event.key === 'Escape') {
    leave()
    return
  }
  if (event.key.length === 1) typed += event.key
  else if (event.key === 'Backspace') typed = [...typed].slice(0, -1).join('')
  // Arrows and Enter choose of what one sees, and there is nothing to see yet.
  else if (!['Enter', 'Tab'].includes(event.key) && !event.key.startsWith('Arrow')) return
  event.preventDefault()
  event.stopPropagation()
}

let leave = () => {}

/** Takes the keys from now on; `left` is called where somebody thinks better of it (Escape). */
export function typeAhead(left: () => void) {
  typed ??= ''
  leave = left
  addEventListener('keydown', take, true)
}

/** What was typed meanwhile; keys go where they belong again. */
export function typedAhead(): string {
  const text = typed ?? ''
  typed = undefined
  removeEventListener('keydown', take, true)
  return text
}
