/**
 * What goes wrong in a page, as its console and its errors tell it. LiveKit's client also tells
 * there that the channels of a room which the server has closed are closed: that is no complaint.
 */
const CLOSED_WITH_ROOM = /^(DataChannel error on|publisher data channel .* closed unexpectedly)/

export function complaints(page) {
  const heard = []
  page.on('pageerror', (error) => heard.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error' && !CLOSED_WITH_ROOM.test(line.text())) {
      heard.push(line.text())
    }
  })
  return heard
}
