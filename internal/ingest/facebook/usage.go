package facebook

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"triage/internal/ingest"
)

// How long to wait when Meta throttles without saying for how long, and the
// longest wait that is believed: its limits roll over a day.
const (
	throttleWait = 15 * time.Minute
	longestWait  = 24 * time.Hour
)

// usages are the objects in which Meta tells how near the limits are.
func usages(h http.Header) []object {
	var out []object
	for name, values := range h {
		if len(values) == 0 || !strings.HasSuffix(strings.ToLower(name), "-usage") {
			continue
		}
		flat := objectOf([]byte(values[0]))
		out = append(out, flat)
		for _, raw := range flat { // by business: {"ID":[{...}]}
			var list []json.RawMessage
			_ = json.Unmarshal(raw, &list)
			for _, one := range list {
				out = append(out, objectOf(one))
			}
		}
	}
	return out
}

// usagePercent is the highest use that the headers tell of.
func usagePercent(h http.Header) (percent int, ok bool) {
	for _, u := range usages(h) {
		for _, name := range []string{"call_count", "total_time", "total_cputime"} {
			if u.has(name) {
				percent, ok = max(percent, u.number(name)), true
			}
		}
	}
	return percent, ok
}

// waitFor is how long a throttled account has to wait.
func waitFor(x ingest.Exchange, now time.Time) time.Duration {
	wait := x.RetryAfter(now)
	for _, u := range usages(x.Header) {
		minutes := min(u.number("estimated_time_to_regain_access"), int(longestWait/time.Minute))
		wait = max(wait, time.Duration(minutes)*time.Minute)
	}
	if wait <= 0 {
		return throttleWait
	}
	return min(wait, longestWait)
}
