package alert

import (
	"testing"
	"time"
)

// What has a time of its own is told again then, however it grows, and still ends.
func TestToldAgainAtItsOwnTime(t *testing.T) {
	a := trouble(Page)
	a.Again = 24 * time.Hour
	w := newWatch(t, a)
	w.tells(1, 0, "new")
	w.check.alerts[0].Count, w.check.alerts[0].Latest = 200, noon.Add(time.Hour)
	w.tells(0, time.Hour, "grown")
	w.tells(0, 22*time.Hour, "the day is not over")
	if m := w.tells(1, time.Hour, "a day later")[0]; m.Count != 200 || m.Severity != Page {
		t.Errorf("told %+v", m)
	}
	w.check.alerts = nil
	if m := w.tells(1, time.Second, "over")[0]; !m.Over {
		t.Errorf("told %+v", m)
	}
}
