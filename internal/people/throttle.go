package people

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The limits on attempts. One name from one place: five at once, then one every
// twenty seconds; getting in gives these back. One place: thirty at once, then
// one every two seconds. Nothing counts a name over all places: a stranger who
// guesses cannot keep its owner out.
const (
	nameBurst  = 5
	nameEvery  = 20 * time.Second
	placeBurst = 30
	placeEvery = 2 * time.Second
	mostKept   = 20000
)

// throttle counts attempts. The zero value is ready.
type throttle struct {
	mu   sync.Mutex
	kept map[string]*rate.Limiter
}

// take takes one attempt and reports whether there was one left. It is taken
// before the password is looked at, so that many at once are no way around.
func (t *throttle) take(now time.Time, name, remote string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	limits := t.limiters(now, name, remote)
	for _, l := range limits {
		if l.TokensAt(now) < 1 {
			return false
		}
	}
	for _, l := range limits {
		l.AllowN(now, 1)
	}
	return true
}

// failed reports whether an attempt with this name from this place failed lately, the
// one that was just taken aside.
func (t *throttle) failed(now time.Time, name, remote string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limiter(now, Place(remote)+" "+name, rate.Every(nameEvery), nameBurst).TokensAt(now) < nameBurst-1
}

// here takes one attempt of a place that names nobody.
func (t *throttle) here(now time.Time, remote string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limiter(now, Place(remote), rate.Every(placeEvery), placeBurst).AllowN(now, 1)
}

// Here takes one attempt of a place, as signing in does, where nobody is named yet. It
// reports whether there was one left.
func (p *People) Here(remote string) bool { return p.tries.here(p.now(), remote) }

// fits forgets the attempts that somebody needed who got in.
func (t *throttle) fits(name, remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.kept, Place(remote)+" "+name)
}

func (t *throttle) limiters(now time.Time, name, remote string) [2]*rate.Limiter {
	p := Place(remote)
	return [2]*rate.Limiter{
		t.limiter(now, p+" "+name, rate.Every(nameEvery), nameBurst),
		t.limiter(now, p, rate.Every(placeEvery), placeBurst),
	}
}

func (t *throttle) limiter(now time.Time, key string, every rate.Limit, burst int) *rate.Limiter {
	if l, ok := t.kept[key]; ok {
		return l
	}
	if t.kept == nil || len(t.kept) >= mostKept {
		t.forget(now)
	}
	l := rate.NewLimiter(every, burst)
	t.kept[key] = l
	return l
}

// forget drops those who have all their attempts again, or everybody when that
// is not enough: memory is bounded.
func (t *throttle) forget(now time.Time) {
	for key, l := range t.kept {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(t.kept, key)
		}
	}
	if t.kept == nil || len(t.kept) >= mostKept {
		t.kept = map[string]*rate.Limiter{}
	}
}

// Place is where somebody is: an address, or the network of an IPv6 one, since
// a household has many of those.
func Place(remote string) string {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		ap, err := netip.ParseAddrPort(remote)
		if err != nil {
			return remote
		}
		addr = ap.Addr()
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		p, _ := addr.Prefix(64)
		return p.String()
	}
	return addr.String()
}
