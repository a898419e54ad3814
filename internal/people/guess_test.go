package people

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// resident is how many MiB of memory the process has; 0: not known here.
func resident() int64 {
	raw, err := os.ReadFile("/proc/self/status")
	if m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(raw); err == nil && m != nil {
		n, _ := strconv.ParseInt(string(m[1]), 10, 64)
		return n >> 10
	}
	return 0
}

// Fifteen places, or a hundred, guess a hundred times each at once. What gets as far as a hash is
// bounded, the memory is, and whoever has the password gets in meanwhile.
func TestManyGuessesAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: many seconds of hashing")
	}
	p, _, _ := newPeople(t)
	places := 15
	if os.Getenv("TRIAGE_LONG") != "" {
		places = 100
	}
	const owners = 5
	guesses := 100 * places
	before, peak := resident(), atomic.Int64{}
	var looked, let, slow atomic.Int64
	var all sync.WaitGroup
	for place := range places {
		for range guesses / places {
			all.Go(func() {
				_, err := p.Login(t.Context(), "priya", "guess-guess-guess", fmt.Sprintf("10.0.0.%d:1", place))
				peak.Store(max(peak.Load(), resident()))
				switch {
				case errors.Is(err, ErrDenied):
					looked.Add(1)
				case errors.Is(err, ErrSlow):
					slow.Add(1)
				default:
					t.Errorf("a guess: %v", err)
				}
			})
		}
	}
	began := time.Now()
	for i := range owners { // she, while they guess
		if _, err := p.Login(t.Context(), "priya", secret, fmt.Sprintf("192.0.2.%d:1", i)); err == nil {
			let.Add(1)
		}
	}
	waited := time.Since(began) / owners
	all.Wait()
	t.Logf("%d guesses were looked at, %d refused; the owner got in %d of %d times, after %s each; memory %d MiB before, %d MiB at most",
		looked.Load(), slow.Load(), let.Load(), owners, waited.Round(time.Millisecond), before, peak.Load())
	if waited > 20*time.Second || looked.Load() > int64(places)*nameBurst || let.Load() != owners || looked.Load()+slow.Load() != int64(guesses) {
		t.Errorf("%d looked at, the owner got in %d times", looked.Load(), let.Load())
	}
	if grown := peak.Load() - before; grown > 256 {
		t.Errorf("memory grew by %d MiB", grown)
	}
}

// Spread over an hour, a place gets three guesses a minute at a name.
func TestTenThousandGuessesInAnHour(t *testing.T) {
	_ = nobody() // who costs what every user does
	was := present
	present = cost{memory: 64, time: 1, lanes: 1} // what a guess costs is counted elsewhere
	defer func() { present = was }()
	p, _, c := newPeople(t)
	const places, guesses = 100, 10000
	looked, let := 0, 0
	for i := range guesses {
		c.at = c.at.Add(time.Hour / guesses)
		_, err := p.Login(t.Context(), "priya", "guess-guess-guess", fmt.Sprintf("10.0.0.%d:1", i%places))
		if errors.Is(err, ErrDenied) {
			looked++
		}
		if i%(guesses/12) == 0 {
			if _, err := p.Login(t.Context(), "priya", secret, "192.0.2.1:1"); err == nil {
				let++
			}
		}
	}
	t.Logf("%d of %d guesses in an hour from %d places were looked at; the owner got in %d of 13 times", looked, guesses, places, let)
	// One place cannot do more, so many places cannot do more each.
	if most := places * (nameBurst + int(time.Hour/nameEvery)); looked > most || let != 13 {
		t.Errorf("%d looked at, at most %d; the owner got in %d times", looked, most, let)
	}
}

// From one place a name gets no more guesses in an hour than is written.
func TestOnePlaceGuessesSlowly(t *testing.T) {
	var tr throttle
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	looked := 0
	for range 10000 {
		now = now.Add(time.Hour / 10000)
		if tr.take(now, "priya", "10.0.0.1:1") {
			looked++
		}
	}
	if want := nameBurst + int(time.Hour/nameEvery); looked < want-2 || looked > want {
		t.Errorf("%d looked at in an hour, want about %d", looked, want)
	}
}
