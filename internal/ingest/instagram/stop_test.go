package instagram

import (
	"testing"
	"time"

	"triage/internal/ingest"
)

// After a month in which nobody looked, what came under old media is found too,
// however much it is; after a short stop nobody pays for that.
func TestOldThreadsAfterALongStop(t *testing.T) {
	for stop, found := range map[time.Duration]bool{30 * 24 * time.Hour: true, time.Minute: false} {
		r := start(t, func(c *Config) { c.Media = 2 })
		var old *item
		some(5, func(i int) {
			post := r.add(nil, ownName, text(i))
			post.at = time.Now().UTC().Add(-2000 * time.Hour)
			if old == nil {
				old = post
			}
		})
		top := r.add(old, "pat", "the first of many")
		some(60, func(i int) { r.add(old, "pat", text(i)) })
		reply := r.add(top, "kim", "below it")
		got := map[string]ingest.Comment{}
		if _, err := r.Sweep(t.Context(), ingest.Mark{Time: time.Now().Add(-stop)}, collect(got)); err != nil {
			t.Fatal(err)
		}
		if _, ok := got[reply.id]; ok != found || (len(got) == 62) != found {
			t.Errorf("after %v: %d were found, the reply: %v", stop, len(got), ok)
		}
		calls := len(r.requests())
		if r.mustSweep(); len(r.requests()) > calls {
			t.Errorf("after %v: the next sweep costs as much", stop)
		}
	}
}
