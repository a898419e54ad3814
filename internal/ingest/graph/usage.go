package graph

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

// usageFor is how long a reported use is believed: Meta leaves the headers out
// again where little is used.
const usageFor = time.Hour

// Meter tells how many calls were made, and what Meta said of them when it last
// answered.
func (a *API) Meter() ingest.Meter {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, now := ingest.Meter{Calls: a.http.Calls(), Used: a.used, Reset: a.reset, Skew: a.http.Skew()}, a.opt.Now()
	if now.Sub(a.told) >= usageFor && !a.reset.After(now) {
		m.Used, m.Reset = 0, time.Time{}
	}
	return m
}

// meter takes note of what an answer says about the calls that are left.
func (a *API) meter(x ingest.Exchange) {
	percent, ok := usagePercent(x.Header)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used, a.told, a.reset = percent, a.opt.Now(), time.Time{}
	if wait := regained(x.Header); wait > 0 {
		a.reset = a.told.Add(wait)
	}
}

// usages are the objects in which Meta tells how near the limits are.
func usages(h http.Header) []Object {
	var out []Object
	for name, values := range h {
		if len(values) == 0 || !strings.HasSuffix(strings.ToLower(name), "-usage") {
			continue
		}
		flat := ObjectOf([]byte(values[0]))
		out = append(out, flat)
		for _, raw := range flat { // by business: {"ID":[{...}]}
			var list []json.RawMessage
			_ = json.Unmarshal(raw, &list)
			for _, one := range list {
				out = append(out, ObjectOf(one))
			}
		}
	}
	return out
}

// usagePercent is the highest use that the headers tell of.
func usagePercent(h http.Header) (percent int, ok bool) {
	for _, u := range usages(h) {
		for _, name := range []string{"call_count", "total_time", "total_cputime"} {
			if u.Has(name) {
				percent, ok = max(percent, u.Number(name)), true
			}
		}
	}
	return percent, ok
}

// regained is after how long Meta says that it grants anew; 0: it does not say.
func regained(h http.Header) (wait time.Duration) {
	for _, u := range usages(h) {
		minutes := min(u.Number("estimated_time_to_regain_access"), int(longestWait/time.Minute))
		wait = max(wait, time.Duration(minutes)*time.Minute)
	}
	return wait
}

// waitFor is how long a throttled account has to wait.
func waitFor(x ingest.Exchange, now time.Time) time.Duration {
	wait := max(x.RetryAfter(now), regained(x.Header))
	if wait <= 0 {
		return throttleWait
	}
	return min(wait, longestWait)
}
