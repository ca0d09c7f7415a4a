// @livekit/rtc-node as `rtc`. It writes its log to standard output, at once when it is imported; here it goes to
// standard error, since standard output is for the lines of whoever imports it.
process.env.NODE_ENV = 'production'
const descriptor = process.stdout.fd
Object.defineProperty(process.stdout, 'fd', { value: process.stderr.fd, configurable: true })

export const rtc = await import('@livekit/rtc-node').finally(() => {
  Object.defineProperty(process.stdout, 'fd', { value: descriptor, configurable: true })
})
