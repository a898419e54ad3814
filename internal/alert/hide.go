package alert

import (
	"strings"
	"time"
)

// hides says which alert stands for which: what begins with the second has its cause in
// the first. Besides, each stands for what is below it, as "sources/facebook" for
// "sources/facebook/cedar".
var hides = []struct{ cause, effect string }{
	{"bus/", "judging/"}, {"bus/", "opening/"}, {"bus/", "auditing/"}, {"bus/", "sending/"}, {"bus/", "sources/"}, {"bus/", "dead/"}, {"bus/", "store/blind"},
	{"store/full", "store/fill"}, {"store/full", "judging/"}, {"store/full", "opening/"}, {"store/full", "auditing/"}, {"store/full", "sources/"},
	{"disk/full", "disk/low"}, {"disk/full", "store/"}, {"disk/full", "judging/"}, {"disk/full", "opening/"}, {"disk/full", "auditing/"},
	{"judging/", "opening/"},
	{"clock/skew", "sources/"},
}

// hide marks what a broader alert is told for, and lets go what none is any more. What has
// gone keeps its mark, for it was told to nobody.
func (p *Pager) hide() {
	now, first := p.Now(), p.causes()
	for key, t := range p.open {
		if !t.Gone.IsZero() {
			continue
		}
		by := ""
		for _, other := range broader(key, first) {
			if broad, open := p.open[other]; open && broad.lasts(now) && covers(broad.Alert, t.Alert) && (by == "" || other < by) {
				by = other
			}
		}
		if by != t.HiddenBy {
			t.HiddenBy, t.Step, t.Stepped = by, 0, now
			p.touch(t)
		}
	}
}

// causes has, for each cause in hides, the first key of each severity that lasts: a
// look at ten thousand alerts compares none of them with all others.
func (p *Pager) causes() map[string]map[Severity]string {
	now, first := p.Now(), map[string]map[Severity]string{}
	for _, h := range hides {
		first[h.cause] = map[Severity]string{}
	}
	for key, t := range p.open {
		for cause, keys := range first {
			if before, known := keys[t.Alert.Severity]; strings.HasPrefix(key, cause) && t.lasts(now) && (!known || key < before) {
				keys[t.Alert.Severity] = key
			}
		}
	}
	return first
}

// broader are the keys of what may stand for a key.
func broader(key string, first map[string]map[Severity]string) (keys []string) {
	for i, c := range key {
		if c == '/' {
			keys = append(keys, key[:i])
		}
	}
	for _, h := range hides {
		if strings.HasPrefix(key, h.effect) {
			for _, cause := range first[h.cause] {
				keys = append(keys, cause)
			}
		}
	}
	return keys
}

// lasts reports whether it is wrong, or was so a moment ago and is not over yet.
func (t *Told) lasts(now time.Time) bool {
	return t.Gone.IsZero() || now.Sub(t.Gone) < t.Alert.Calm
}

// covers reports whether one alert is told for another, which must not be louder.
func covers(broad, a Alert) bool {
	if broad.Severity.rank() > a.Severity.rank() || strings.HasPrefix(a.Key, "cases/") {
		return false
	}
	if strings.HasPrefix(a.Key, broad.Key+"/") {
		return true
	}
	for _, own := range []string{"/expiry", "/permissions", "/deletions"} { // nothing else brings these about
		if strings.HasSuffix(a.Key, own) {
			return false
		}
	}
	for _, h := range hides {
		if strings.HasPrefix(broad.Key, h.cause) && strings.HasPrefix(a.Key, h.effect) {
			return true
		}
	}
	return false
}
