// Says what the tests want said, through Segment's own client for Node: track_client.mjs HOST PATH WRITE_KEY
import { Analytics } from '@segment/analytics-node'

const [host, path, writeKey] = process.argv.slice(2)
const analytics = new Analytics({ host, path, writeKey, flushAt: 3, flushInterval: 50, maxRetries: 1 })
const failed = []
analytics.on('error', (error) => failed.push(`${error.code}: ${error.reason?.message ?? error.reason}`))

analytics.identify({ userId: 'c-7', traits: { email: 'cid@shop.example', plan: 'pro' } })
analytics.track({ anonymousId: 'a-7', event: 'Cart Updated', properties: { cart_id: 'c1', total: 20.5 } })
analytics.track({ userId: 'c-7', event: 'Order Completed', timestamp: new Date(Date.now() - 3_600_000) })
analytics.page({ userId: 'c-7', name: 'Home', properties: { url: '/' } })
analytics.screen({ userId: 'c-7', name: 'Start' })
analytics.group({ userId: 'c-7', groupId: 'g-1', traits: { name: 'Acme' } })
analytics.alias({ userId: 'c-7', previousId: 'a-7' })
await analytics.closeAndFlush({ timeout: 10_000 })

console.log(JSON.stringify({ failed }))
