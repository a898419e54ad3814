package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	temporary = &ReadError{Kind: Temporary, Why: "the platform has trouble"}
	forbidden = &ReadError{Kind: Forbidden, Why: "a permission is missing"}
	dead      = &ReadError{Kind: Dead, Why: "the token is dead"}
)

// What fails is tried less and less often, first with the cheap look, and what
// goes well goes on.
func TestOneKindOfLookFails(t *testing.T) {
	for name, tt := range map[string]struct {
		fails         [2]error // of peeks, of sweeps, from the second hour on
		peeks, sweeps [2]int   // in the second hour, at least and at most
		why           string
	}{
		"neither":              {[2]error{}, [2]int{90, 140}, [2]int{4, 6}, ""},
		"sweeps, temporarily":  {[2]error{sweeping: temporary}, [2]int{60, 140}, [2]int{12, 24}, temporary.Why},
		"sweeps, our store":    {[2]error{sweeping: errors.New("store")}, [2]int{60, 140}, [2]int{12, 24}, "our own store does not take comments: see the log"},
		"sweeps are forbidden": {[2]error{sweeping: forbidden}, [2]int{4, 60}, [2]int{3, 6}, forbidden.Why},
		"peeks are forbidden":  {[2]error{peeking: forbidden}, [2]int{3, 6}, [2]int{3, 6}, forbidden.Why},
		"peeks, temporarily":   {[2]error{peeking: temporary}, [2]int{8, 21}, [2]int{3, 6}, temporary.Why},
		"both, temporarily":    {[2]error{temporary, temporary}, [2]int{6, 20}, [2]int{6, 20}, temporary.Why},
		"both are dead":        {[2]error{dead, dead}, [2]int{2, 6}, [2]int{0, 6}, dead.Why},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBoard("one", "two")
				p, _ := newPoller(b)
				p.Every, p.Budget = 10*time.Second, 120
				var before int
				b.after(time.Hour, func() { before, b.fails = len(b.looks), tt.fails })
				b.after(2*time.Hour, func() {
					hour := b.looks[before:]
					if n := len(only(peeking, hour)); n < tt.peeks[0] || n > tt.peeks[1] {
						t.Errorf("%d peeks in an hour, want %d to %d", n, tt.peeks[0], tt.peeks[1])
					}
					if n := len(only(sweeping, hour)); n < tt.sweeps[0] || n > tt.sweeps[1] {
						t.Errorf("%d sweeps in an hour, want %d to %d", n, tt.sweeps[0], tt.sweeps[1])
					}
					if h := p.Health(); h.Why != tt.why || h.OK() != (tt.why == "") {
						t.Errorf("health: %+v", h)
					}
					b.fails = [2]error{}
				})
				run(t, p, 2*time.Hour+20*time.Minute)
				if h := p.Health(); !h.OK() || h.Why != "" {
					t.Errorf("when all is well again: %+v", h)
				}
			})
		})
	}
}

func TestAfterAnOutageItPeeksFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard("one")
		p, _ := newPoller(b)
		p.Every, p.Budget = 10*time.Second, 120
		b.after(time.Minute, func() { b.fails = [2]error{dead, dead} })
		run(t, p, 2*time.Hour)
		failing := b.looks[len(b.looks)-4:]
		if len(only(peeking, failing)) < 2 {
			t.Errorf("the dear look was tried as often as the cheap one: %v", failing)
		}
	})
}

func TestNothingIsCalledUntilThePlatformGrantsMore(t *testing.T) {
	for name, tt := range map[string]struct {
		used  int
		reset time.Duration // after the stop; 0: it does not say
		err   error
		quiet time.Duration // at least
	}{
		"until the reset":         {96, 3 * time.Hour, nil, 3 * time.Hour},
		"it does not say when":    {100, 0, nil, 30 * time.Minute},
		"with an answer":          {100, time.Hour, &ReadError{Kind: Throttled, RetryAfter: time.Minute, Why: "slow down"}, time.Hour},
		"with trouble of its own": {100, time.Hour, temporary, time.Hour},
		"longer than it says":     {100, time.Minute, &ReadError{Kind: Throttled, RetryAfter: time.Hour, Why: "slow down"}, time.Hour},
		"throttled, with a reset": {0, time.Hour, &ReadError{Kind: Throttled, Why: "slow down"}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBoard("one")
				p, _ := newPoller(b)
				p.Every, p.Budget = 10*time.Second, 120
				stop := time.Now().Add(time.Hour)
				b.after(time.Hour, func() {
					b.used, b.fails = tt.used, [2]error{tt.err, tt.err}
					if tt.reset > 0 {
						b.reset = stop.Add(tt.reset)
					}
				})
				b.after(time.Hour+10*time.Minute, func() {
					if h := p.Health(); h.OK() || h.Why == "" || strings.Contains(h.Why, "%") || h.Since.Before(stop) {
						t.Errorf("health: %+v", h)
					}
					b.used, b.fails = 50, [2]error{}
				})
				run(t, p, 6*time.Hour)
				if _, long := gaps(b.looks); long < tt.quiet-time.Minute || long > tt.quiet+10*time.Minute {
					t.Errorf("quiet for %v, want %v", long, tt.quiet)
				}
				for _, l := range b.looks {
					if after := l.at.Sub(stop); after > 2*time.Minute && after < tt.quiet {
						t.Errorf("a look %v after the stop", after)
					}
				}
				if h := p.Health(); !h.OK() || h.Why != "" {
					t.Errorf("health: %+v", h)
				}
			})
		})
	}
}

func TestSlowingDownIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard("one")
		b.used = 85
		p, _ := newPoller(b)
		p.Every, p.Budget = 10*time.Second, 120
		run(t, p, time.Hour)
		if n := len(b.looks); n > 70 {
			t.Errorf("%d looks in an hour", n)
		}
		if h := p.Health(); !h.OK() || h.Why != whySlow {
			t.Errorf("health: %+v", h)
		}
	})
}

func TestPermitIsAskedForNowAndThen(t *testing.T) {
	expires := noon.AddDate(0, 0, 9)
	for name, tt := range map[string]struct {
		fails  error
		used   int
		denied error
		asked  [2]int // in 13 hours
		known  bool
	}{
		"well":               {nil, 0, nil, [2]int{3, 3}, true},
		"it does not answer": {nil, 0, errors.New("no"), [2]int{3, 3}, false},
		"dead":               {dead, 0, nil, [2]int{60, 80}, true},
		"forbidden":          {forbidden, 0, nil, [2]int{60, 80}, true},
		"temporary trouble":  {temporary, 0, nil, [2]int{0, 0}, false},
		"used up":            {nil, 97, nil, [2]int{0, 0}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBoard("one")
				b.fails, b.used, b.denied = [2]error{tt.fails, tt.fails}, tt.used, tt.denied
				b.permit = Permit{Expires: expires, Lacks: []string{"pages_messaging"}}
				p, _ := newPoller(b)
				run(t, p, 13*time.Hour)
				h := p.Health()
				if b.asked < tt.asked[0] || b.asked > tt.asked[1] || h.Expires.Equal(expires) != tt.known || (len(h.Lacks) == 1) != tt.known {
					t.Errorf("asked %d times, health %+v", b.asked, h)
				}
				b.denied = errors.New("no") // what is known stays so
				run(t, p, time.Hour)
				if got := p.Health(); got.Expires != h.Expires || len(got.Lacks) != len(h.Lacks) {
					t.Errorf("without an answer, health became %+v", got)
				}
			})
		})
	}
}

// A look that never ends by itself ends with the run.
func TestStuckLookEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard("one")
		b.stuck = true
		p, _ := newPoller(b)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		b.after(longLook-time.Minute, func() {
			if h := p.Health(); !h.Since.IsZero() {
				t.Errorf("told too early: %+v", h)
			}
		})
		b.after(longLook+time.Minute, func() {
			if h := p.Health(); h.Since.IsZero() || h.Why != whyLong || !h.Stuck {
				t.Errorf("not told: %+v", h)
			}
		})
		if err := p.Run(ctx, 1); err != nil || len(b.looks) != 1 {
			t.Errorf("%d looks, %v", len(b.looks), err)
		}
		if h := p.Health(); h.Why != "" {
			t.Errorf("afterwards: %+v", h)
		}
	})
}

// A sweep that always fails at its end, since one post cannot be read, costs no
// more than the budget, and holds up no peek.
func TestFailingLooksKeepToTheBudget(t *testing.T) {
	for name, tt := range map[string]struct {
		fails [2]error
		peeks int // at least
	}{
		"sweeps, from the start": {[2]error{sweeping: &ReadError{Kind: Bad, Why: "one post makes no sense"}}, 100},
		"both":                   {[2]error{temporary, temporary}, 0},
		"peeks":                  {[2]error{peeking: temporary}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBoard("one")
				b.cost, b.fails = [2]int64{20, 200}, tt.fails
				p, s := newPoller(b)
				b.after(10*time.Hour, func() { b.write("new", "my knee hurts") })
				b.after(11*time.Hour, func() {
					if tt.peeks > 0 && !s.has("new") {
						t.Error("what is new was not found")
					}
				})
				p.Every, p.Budget = 10*time.Second, 120
				const hours = 48
				run(t, p, hours*time.Hour)
				if most := int64((hours+saveHours)*120 + 200); b.calls > most {
					t.Errorf("%d calls in two days, want %d at most", b.calls, most)
				}
				if n := len(only(peeking, b.looks)); n < tt.peeks || len(b.looks) < 20 {
					t.Errorf("only %d looks, %d peeks among them", len(b.looks), n)
				}
			})
		})
	}
}

// A peek that failed is no trouble any more once sweeps are as cheap and no peek
// is tried again.
func TestTroubleEndsWithTheLooksThatHadIt(t *testing.T) {
	for cost, ok := range map[float64]bool{4: false, 1: true} {
		p, _ := newPoller(newBoard("one"))
		p.begin(1)
		p.went(sweeping)
		p.pace.cost = [2]float64{1, cost}
		p.failed(peeking, temporary, 1)
		p.went(sweeping)
		if h := p.Health(); h.OK() != ok {
			t.Errorf("with sweeps that cost %v: %+v", cost, h)
		}
	}
}

// What the permit said while the token was dead is not told for hours afterwards.
func TestPermitIsAskedForOnceItIsGranted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard("one")
		b.permit = Permit{Expires: time.Now().Add(time.Hour), Lacks: []string{"pages_messaging"}}
		p, _ := newPoller(b)
		p.Every, p.Budget = 10*time.Second, 120
		b.after(time.Hour, func() { b.fails = [2]error{dead, dead} })
		b.after(90*time.Minute, func() { b.fails, b.permit = [2]error{}, Permit{} })
		run(t, p, 2*time.Hour)
		if h := p.Health(); !h.Expires.IsZero() || len(h.Lacks) > 0 {
			t.Errorf("health: %+v", h)
		}
	})
}
