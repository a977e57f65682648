package tunnel

import "time"

// Quick returns o with the link's heartbeat and the first pause before a new
// agent made short.
func Quick(o Options, heartbeat, retry time.Duration) Options {
	o.tuning.heartbeat, o.tuning.tolerance, o.tuning.retry = heartbeat, heartbeat, retry
	return o
}
