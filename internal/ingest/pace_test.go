package ingest

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// taken is a look that a pace took, and what it cost.
type taken struct {
	look
	at    time.Time
	calls int
}

// walk lets a pace go for a while with looks that cost so much, and comments that
// come at a rate an hour.
func (p *pace) walk(span time.Duration, cost [2]int, comments float64) (out []taken) {
	now, sent, came := noon, 0, 0.0
	p.begin(now, 0)
	for l, wait := sweeping, time.Duration(0); ; l, wait = p.next(now, Meter{}) {
		if now = now.Add(wait); now.After(noon.Add(span)) {
			return out
		}
		p.spend(int64(sent), now)
		for came += comments * wait.Hours(); came >= 1; came-- {
			p.arrived(now, now)
		}
		sent += cost[l]
		p.learn(l, p.spend(int64(sent), now))
		if l == sweeping {
			p.swept = now
		}
		out = append(out, taken{l, now, cost[l]})
	}
}

// within is the greatest number of calls within a day.
func within(day time.Duration, all []taken) (most int) {
	first, calls := 0, 0
	for _, t := range all {
		for calls += t.calls; t.at.Sub(all[first].at) >= day; first++ {
			calls -= all[first].calls
		}
		most = max(most, calls)
	}
	return most
}

// gaps are the shortest and the longest time between two.
func gaps(all []taken) (short, long time.Duration) {
	short = time.Hour * 1000
	for i, t := range all[1:] {
		short, long = min(short, t.at.Sub(all[i].at)), max(long, t.at.Sub(all[i].at))
	}
	return short, long
}

func only(l look, all []taken) (out []taken) {
	for _, t := range all {
		if t.look == l {
			out = append(out, t)
		}
	}
	return out
}

func TestBudgetIsKept(t *testing.T) {
	for name, tt := range map[string]struct {
		peeks       bool
		every       time.Duration
		budget      float64
		cost        [2]int // of a peek, of a sweep
		comments    float64
		look, sweep time.Duration // the longest time between two
	}{
		"a small Page":               {true, 10 * time.Second, 120, [2]int{1, 4}, 0, 36 * time.Second, 14 * time.Minute},
		"a flood":                    {true, 10 * time.Second, 120, [2]int{1, 53}, 3600, 2 * time.Minute, time.Hour + time.Minute},
		"sweeps dearer than that":    {true, 10 * time.Second, 120, [2]int{1, 400}, 3600, 5 * time.Minute, 7 * time.Hour},
		"sweeps as cheap as peeks":   {true, 10 * time.Second, 120, [2]int{1, 1}, 0, 31 * time.Second, 31 * time.Second},
		"nothing but sweeps":         {false, time.Minute, 120, [2]int{0, 4}, 60, 4 * time.Minute, 4 * time.Minute},
		"hardly any budget":          {true, time.Minute, 6, [2]int{1, 4}, 60, 20 * time.Minute, 90 * time.Minute},
		"more budget than is needed": {true, time.Minute, 1e6, [2]int{1, 4}, 60, time.Minute, 2 * time.Minute},
		"a slow pace":                {true, 3 * time.Hour, 120, [2]int{1, 4}, 60, 3 * time.Hour, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			p := &pace{peeks: tt.peeks, every: tt.every, whole: time.Hour, budget: tt.budget}
			const days = 7
			all := p.walk(days*24*time.Hour, tt.cost, tt.comments)
			if n := within(24*time.Hour, all); float64(n) > (24+saveHours)*tt.budget+float64(tt.cost[sweeping]) {
				t.Errorf("%d calls within a day of a budget of %v an hour", n, tt.budget)
			}
			if n, most := within(days*48*time.Hour, all), (days*24+saveHours/2)*tt.budget+float64(tt.cost[sweeping]); float64(n) > most {
				t.Errorf("%d calls in all, want %.0f at most", n, most)
			}
			if short, long := gaps(all); short < tt.every || long > tt.look {
				t.Errorf("%v to %v from look to look, want %v to %v", short, long, tt.every, tt.look)
			}
			if _, long := gaps(only(sweeping, all)); long > tt.sweep {
				t.Errorf("%v from sweep to sweep, want %v at most", long, tt.sweep)
			}
		})
	}
}

func TestMoreLooksWhileCommentsCome(t *testing.T) {
	p := &pace{peeks: true, every: 10 * time.Second, whole: time.Hour, budget: 120}
	p.walk(24*time.Hour, [2]int{1, 4}, 0)
	now := noon.Add(24 * time.Hour)
	p.swept = now
	_, quiet := p.next(now, Meter{})
	for range 20 {
		p.arrived(now.Add(-2*lately), now)
	}
	if _, old := p.next(now, Meter{}); old != quiet {
		t.Errorf("comments of before let the wait go from %v to %v", quiet, old)
	}
	for range 20 {
		p.arrived(now, now)
	}
	if _, busy := p.next(now, Meter{}); busy > quiet/3 {
		t.Errorf("%v from look to look in a flood, %v without", busy, quiet)
	}
	now = now.Add(2 * time.Hour)
	p.reckon(now)
	p.swept = now
	if _, after := p.next(now, Meter{}); after < quiet*3/4 {
		t.Errorf("%v from look to look two hours after a flood, %v without", after, quiet)
	}
}

func TestReportedUseSlowsAndStops(t *testing.T) {
	now := noon.Add(time.Hour)
	reset := now.Add(40 * time.Minute)
	for name, tt := range map[string]struct {
		m    Meter
		want time.Duration // 0: a multiple of what it is without
		by   float64
	}{
		"it does not say":      {Meter{}, 0, 1},
		"three quarters":       {Meter{Used: 75, Reset: reset}, 0, 1},
		"more":                 {Meter{Used: 85, Reset: reset}, 0, 2},
		"nearly all":           {Meter{Used: 93}, 0, 10},
		"all but the rest":     {Meter{Used: 95, Reset: reset}, 40 * time.Minute, 0},
		"too much":             {Meter{Used: 130, Reset: reset}, 40 * time.Minute, 0},
		"no word when it ends": {Meter{Used: 95}, recheck, 0},
		"it should have ended": {Meter{Used: 99, Reset: noon}, recheck, 0},
		"it never ends":        {Meter{Used: 99, Reset: now.AddDate(1, 0, 0)}, longStop, 0},
	} {
		for _, peeks := range []bool{true, false} {
			p := &pace{peeks: peeks, every: 10 * time.Second, whole: time.Hour, budget: 120}
			p.walk(time.Hour, [2]int{1, 4}, 0)
			p.swept = now
			_, usual := p.next(now, Meter{})
			want := tt.want
			if want == 0 {
				want = time.Duration(float64(usual) * tt.by)
			}
			if l, wait := p.next(now, tt.m); wait.Round(time.Second) != want.Round(time.Second) || (l == peeking) != peeks {
				t.Errorf("%s (peeks: %v): %v, want %v", name, peeks, wait, want)
			}
		}
	}
}
